import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { openPlace } from '../dist/destinations/registry.js'
import { openEngine } from '../dist/engine/open-engine.js'
import { findTable } from '../dist/klaviyo/catalog/catalog.js'
import { landPages } from './lib/pages.mjs'
import { openSandbox } from './lib/sandbox.mjs'
import { ratio, seconds, workspace } from './lib/workspace.mjs'

const EVENTS = Number(process.env.SLUICE_BENCH_EVENTS ?? 1_000_000)
const PAGES_A_BATCH = 64
/** Windows that a backfill reads side by side: a batch has pages of each. */
const WINDOWS = 16

const table = findTable('events')

/** Loading a million events into Parquet files by month, against DuckDB's own COPY of the same typed rows. */
export async function parquet() {
  const { folder } = workspace('parquet')
  const pages = join(folder, 'pages')
  mkdirSync(pages)
  const sandbox = await openSandbox({ events: EVENTS, profiles: 50_000, limits: 'off' })
  await landPages(sandbox.url, 'events', pages)
  await sandbox.close()
  const files = sideBySide(readdirSync(pages).sort()).map((name) => ({
    file: join(pages, name),
    encoding: 'identity',
    receivedAtMs: 1,
  }))
  try {
    const ours = await loadAll(folder, files)
    const own = await copyAll(folder, files)
    return [
      `DuckDB's COPY of the same typed rows, by month, zstd: ${seconds(own.took)} (${seconds(own.cpu)} of processor time)`,
      `sluice's loads (${ours.batches} batches with their coverage, each on the disk): ${seconds(ours.load)} (${seconds(ours.cpu)} of processor time); small files written together at the end: ${seconds(ours.end)}; ${ours.files} files, ${Math.round(ours.bytes / 1e6)} MB; typing the pages before that, shared by all destinations: ${seconds(ours.stage)}`,
      `ratio of the load: ${ratio((ours.load + ours.end) / own.took)} (aim: 1.2), of processor time ${ratio(ours.cpu / own.cpu)}`,
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const cpuSeconds = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

/** The order in which windows that are read at the same pace bring their pages. */
function sideBySide(names) {
  const each = Math.ceil(names.length / WINDOWS)
  return Array.from({ length: each }, (_, row) =>
    Array.from({ length: WINDOWS }, (_, window) => names[window * each + row]),
  )
    .flat()
    .filter((name) => name !== undefined)
}

const stageOf = (engine, files) =>
  engine.stage({
    files,
    columns: table.columns,
    key: table.key,
    cursor: table.cursor,
    account: 'bench',
    syncedAtMs: Date.now(),
  })

async function loadAll(folder, files) {
  const scratch = join(folder, 'scratch')
  mkdirSync(scratch)
  const lake = join(folder, 'lake')
  const engine = await openEngine({ tempDirectory: scratch })
  const place = await openPlace(`parquet:///${lake}`, engine)
  const signal = new AbortController().signal
  const target = place.target({
    account: 'bench',
    sourceTable: 'events',
    table: { schema: 'bench', name: 'events' },
    strategy: 'merge',
    key: table.key,
    cursor: { column: table.cursor.field, fixed: table.cursor.fixed, lookbackSeconds: 0 },
    anew: false,
    passes: [''],
  })
  const total = { cpu: 0, stage: 0, load: 0, end: 0, batches: 0 }
  for (let start = 0; start < files.length; start += PAGES_A_BATCH) {
    const startedAt = performance.now()
    const stage = await stageOf(engine, files.slice(start, start + PAGES_A_BATCH))
    const stagedAt = performance.now()
    const cpuBefore = cpuSeconds()
    const covered = [{ pass: '', window: { from: start, to: start + 1, readAt: 1 } }]
    await target.load({ stage, also: [], covered, mayHold: [], reread: [], readAt: 1 }, signal)
    total.cpu += cpuSeconds() - cpuBefore
    total.load += (performance.now() - stagedAt) / 1000
    total.stage += (stagedAt - startedAt) / 1000
    total.batches += 1
    await engine.drop(stage)
  }
  const endedAt = performance.now()
  const cpuBefore = cpuSeconds()
  await target.end(signal)
  total.cpu += cpuSeconds() - cpuBefore
  total.end = (performance.now() - endedAt) / 1000
  const written = readdirSync(lake, { recursive: true }).filter((name) => name.endsWith('.parquet'))
  const bytes = written.reduce((sum, name) => sum + statSync(join(lake, name)).size, 0)
  await place[Symbol.asyncDispose]()
  await engine[Symbol.asyncDispose]()
  return { ...total, files: written.length, bytes }
}

/** The rows typed into one table of a DuckDB file, then copied out by month, with the same memory and threads. */
async function copyAll(folder, files) {
  const scratch = join(folder, 'scratch-of-copy')
  mkdirSync(scratch)
  const engine = await openEngine({ tempDirectory: scratch })
  await engine.run(`attach '${join(folder, 'rows.duckdb')}' as rows`)
  for (let start = 0; start < files.length; start += PAGES_A_BATCH) {
    const stage = await stageOf(engine, files.slice(start, start + PAGES_A_BATCH))
    await (start === 0
      ? engine.run(`create table rows.events as from "${stage.relation}"`)
      : engine.run(`insert into rows.events by name from "${stage.relation}"`))
    await engine.drop(stage)
  }
  const startedAt = performance.now()
  const cpuBefore = cpuSeconds()
  await engine.run(
    `copy (select *, strftime(datetime, '%Y-%m') as month from rows.events) to '${join(folder, 'copied')}' (format parquet, compression zstd, partition_by (month))`,
  )
  const took = { took: (performance.now() - startedAt) / 1000, cpu: cpuSeconds() - cpuBefore }
  await engine[Symbol.asyncDispose]()
  return took
}
