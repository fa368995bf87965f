// `node scripts/build.mjs && node test/stores/make-store.mjs v1`: makes the stores of the version that is checked out, as
// test data for all versions to come. v1 is commit 6bc7e30; add a folder whenever a store changes.
//
// A DuckDB file (with the write-ahead log that a kill leaves beside it), a PostgreSQL database as SQL text, and the state
// folder of each, filled from a sandbox with the rows of shop.json.gz by the commands in lib/history.mjs. expected.json
// says what is in them, and what to ask a later version for.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import { describeStore } from './lib/describe.mjs'
import { goesOn, makeHistory } from './lib/history.mjs'
import { askPostgres, dumpPostgres, startPostgres } from './lib/postgres.mjs'

const [, , version] = process.argv
if (!/^v\d+$/.test(version ?? ''))
  throw new Error('Name the version of the store: "node test/stores/make-store.mjs v1".')
const out = fileURLToPath(new URL(`${version}/`, import.meta.url))
// What an older version made cannot be made again with this one.
if (existsSync(out))
  throw new Error(`"${version}" is there already. Name a new one, or remove the folder first.`)
mkdirSync(out, { recursive: true })
const work = mkdtempSync(join(tmpdir(), 'sluice-make-store-'))

const stores = { duckdb: await makeDuckDb(), postgresql: await makePostgres() }
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
writeFileSync(join(out, 'expected.json'), `${JSON.stringify({ commit, goesOn, stores })}\n`)
execFileSync(process.execPath, ['node_modules/oxfmt/bin/oxfmt', join(out, 'expected.json')])
rmSync(work, { recursive: true })

async function makeDuckDb() {
  const file = join(work, 'shop.duckdb')
  const stateFolder = join(work, 'duckdb-state')
  const endsAtMs = await makeHistory({ destUri: `duckdb:///${file}`, stateFolder })
  keep(file, 'store.duckdb.gz')
  keep(`${file}.wal`, 'store.duckdb.wal.gz')
  keepState(stateFolder, 'duckdb-state.tar.gz')
  // Looking into the original would write the log into it.
  const copy = join(work, 'copy.duckdb')
  copyFileSync(file, copy)
  copyFileSync(`${file}.wal`, `${copy}.wal`)
  return {
    endsAtMs,
    ...(await describeStore((sql) => askDuckDb(copy, sql))),
    landed: landedIn(stateFolder, `duckdb: ${file}`),
  }
}

async function makePostgres() {
  const stateFolder = join(work, 'postgresql-state')
  const { uri, stop } = await startPostgres()
  try {
    const endsAtMs = await makeHistory({ destUri: uri, stateFolder })
    writeFileSync(join(out, 'store.postgresql.sql.gz'), gzipSync(await dumpPostgres(uri), { level: 9 }))
    keepState(stateFolder, 'postgresql-state.tar.gz')
    return {
      endsAtMs,
      ...(await describeStore((sql) => askPostgres(uri, sql))),
      landed: landedIn(stateFolder, uri.replace(/:[^:@/]*@/, '@')),
    }
  } finally {
    await stop()
  }
}

function keep(file, name) {
  if (!existsSync(file))
    throw new Error(`There is no "${basename(file)}": the run was not killed in the middle.`)
  writeFileSync(join(out, name), gzipSync(readFileSync(file), { level: 9 }))
}

function keepState(folder, name) {
  execFileSync('tar', ['--create', '--gzip', '--owner=0', '--group=0', `--file=${join(out, name)}`, '.'], {
    cwd: folder,
  })
}

async function askDuckDb(file, sql) {
  const instance = await DuckDBInstance.create(file)
  const connection = await instance.connect()
  try {
    await connection.run(`set timezone = 'UTC'`)
    const rows = (await connection.runAndReadAll(sql)).getRowObjects()
    return rows.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [name, value === null ? null : String(value)]),
      ),
    )
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

/**
 * Pages that wait, by folder: what their names say they cover, and what the folder's own name is made of. A store that is
 * restored elsewhere is another place, so that a test has to give the folders their new names.
 */
function landedIn(stateFolder, place) {
  const landing = join(stateFolder, 'landing')
  return readdirSync(landing, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name: folder }) => {
      const job = goesOn.find(
        (each) => folder === folderOf(place, each, each.flags.includes('--full-refresh')),
      )
      if (job === undefined) throw new Error(`Nobody knows whose pages are in "${folder}".`)
      const pages = readdirSync(join(landing, folder), { recursive: true })
        .map((path) => /(\d+)_(-?\d+)_(-?\d+)_\d+_\d+_\d+\.json/.exec(path))
        .filter((match) => match !== null)
        .map(([, number, from, to]) => ({ number: Number(number), from: Number(from), to: Number(to) }))
      const lock = `${folderOf(place, job, false)}.lock`
      if (!existsSync(join(landing, lock))) throw new Error(`The lock of "${job.target}" is not there.`)
      return { folder, lock, target: job.target, pages }
    })
}

function folderOf(place, { alias, source, target }, refresh) {
  const words = [place, alias, source, target, String(refresh)]
  return createHash('sha256').update(JSON.stringify(words)).digest('hex').slice(0, 24)
}
