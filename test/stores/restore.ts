import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import { Client } from 'pg'
import { query } from '../scenarios/truth.ts'
import type { TextRow } from '../scenarios/truth.ts'
import { expectedOf, folderOf } from './expected.ts'
import type { Expected, Job } from './expected.ts'

/** A store of an older version, at a place where a test may do with it what it likes. */
export interface Restored extends Disposable {
  readonly uri: string
  readonly stateFolder: string
  readonly expected: Expected
  readonly jobs: readonly Job[]
  /** Rows of a query, every value as text. */
  ask(this: void, sql: string): Promise<TextRow[]>
  /** Runs a statement. */
  run(this: void, sql: string): Promise<void>
  /** Fingerprints of everything in the destination: files or rows, whether they were rewritten included. */
  fingerprints(): Promise<readonly string[]>
}

const unpacked = (version: string, name: string): Buffer =>
  gunzipSync(readFileSync(new URL(name, folderOf(version))))

export function restoreDuckDb(version: string): Restored {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-store-'))
  const place = join(folder, 'destination')
  mkdirSync(place)
  const file = join(place, 'shop.duckdb')
  writeFileSync(file, unpacked(version, 'store.duckdb.gz'))
  writeFileSync(`${file}.wal`, unpacked(version, 'store.duckdb.wal.gz'))
  return {
    ...restoreState(version, 'duckdb', { folder, place: `duckdb: ${file}` }),
    uri: `duckdb:///${file}`,
    ask: (sql) => query(file, sql),
    run: async (sql) => {
      const instance = await DuckDBInstance.create(file)
      const connection = await instance.connect()
      await connection.run(sql)
      connection.closeSync()
      instance.closeSync()
    },
    fingerprints: () => Promise.resolve(fingerprintsOf(place)),
  }
}

/** `uri`: a database of the test's own, which is emptied first. */
export async function restorePostgres(version: string, uri: string): Promise<Restored> {
  const run = async (sql: string): Promise<void> => {
    await withClient(uri, (client) => client.query(sql))
  }
  const ask = (sql: string): Promise<TextRow[]> =>
    withClient(uri, async (client) => {
      const { rows } = await client.query<TextRow>({ text: sql, types: { getTypeParser: textOf } })
      return rows
    })
  await run('drop schema if exists k cascade; drop schema if exists _sluice cascade')
  await run(unpacked(version, 'store.postgresql.sql.gz').toString('utf8'))
  const folder = mkdtempSync(join(tmpdir(), 'sluice-store-'))
  return {
    ...restoreState(version, 'postgresql', { folder, place: uri.replace(/:[^:@/]*@/, '@') }),
    uri,
    ask,
    run,
    fingerprints: async () => {
      const tables = await ask(`select c.relname as name, n.nspname as schema, c.relkind::text as kind
from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
where n.nspname in ('k', '_sluice') order by 1, 2`)
      const rows = tables
        .filter(({ kind }) => kind === 'r')
        .map(({ schema, name }) =>
          ask(`select '${schema}.${name}' as at, xmin::text as xmin, t::text as row from "${schema}"."${name}" as t
order by row`),
        )
      return [...tables, ...(await Promise.all(rows)).flat()].map((row) => JSON.stringify(row))
    },
  }
}

async function withClient<Result>(uri: string, work: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({ connectionString: uri })
  await client.connect()
  try {
    await client.query(`set timezone = 'UTC'`)
    return await work(client)
  } finally {
    await client.end()
  }
}

const BOOLEAN = 16
const textOf =
  (oid: number) =>
  (text: string): string =>
    oid === BOOLEAN ? String(text === 't') : text

/** The state folder beside a store. */
function restoreState(
  version: string,
  kind: 'duckdb' | 'postgresql',
  { folder, place }: Readonly<{ folder: string; place: string }>,
): Pick<Restored, 'stateFolder' | 'expected' | 'jobs' | typeof Symbol.dispose> {
  const { stores, goesOn } = expectedOf(version)
  const expected = stores[kind]
  const stateFolder = join(folder, 'state')
  mkdirSync(stateFolder, { mode: 0o700 })
  const archive = fileURLToPath(new URL(`${kind}-state.tar.gz`, folderOf(version)))
  const { status, stderr } = spawnSync('tar', ['--extract', '--preserve-permissions', '--file', archive], {
    cwd: stateFolder,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`The state folder cannot be unpacked: ${stderr}`)
  const landing = join(stateFolder, 'landing')
  for (const { folder: name, lock, target } of expected.landed) {
    const job = goesOn.find((each) => each.target === target)
    if (job === undefined) throw new Error(`There is no job for "${target}".`)
    const refresh = job.flags.includes('--full-refresh')
    renameSync(join(landing, name), join(landing, landingNameOf(place, job, refresh)))
    renameSync(join(landing, lock), join(landing, `${landingNameOf(place, job, false)}.lock`))
  }
  return {
    stateFolder,
    expected,
    jobs: goesOn,
    [Symbol.dispose]: () => {
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** As version 1 named the folder of a table's landed pages; a store that is restored elsewhere is another place. */
function landingNameOf(place: string, { alias, source, target }: Job, refresh: boolean): string {
  const words = [place, alias, source, target, String(refresh)]
  return createHash('sha256').update(JSON.stringify(words)).digest('hex').slice(0, 24)
}

/** Every file below a folder, and a hash of what it holds. */
export function fingerprintsOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
    .map((path) => `${path.slice(folder.length)} ${hashOf(path)}`)
}

function hashOf(path: string): string {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('hex')
  } catch {
    return 'a folder'
  }
}
