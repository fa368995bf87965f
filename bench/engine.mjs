import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { cpuSecondsOf, ingest } from './lib/ingest.mjs'
import { landPages } from './lib/pages.mjs'
import { openSandbox } from './lib/sandbox.mjs'
import { ratio, seconds, workspace } from './lib/workspace.mjs'

/** A million events without limits or latency, against DuckDB alone on the same pages. */
export async function engineBound() {
  const events = Number(process.env.SLUICE_BENCH_EVENTS ?? 1_000_000)
  const { folder, file, state } = workspace('engine')
  const sandbox = await openSandbox({ events, profiles: 50_000, limits: 'off' })
  try {
    const pages = join(folder, 'pages')
    mkdirSync(pages)
    await landPages(sandbox.url, 'events', pages)
    const alone = Math.min(
      ...[1, 2].map((threads) => duckDbAlone(pages, join(folder, 'alone.duckdb'), threads)),
    )
    // What DuckDB alone has left dirty in the page cache is not to be written out on sluice's time.
    spawnSync('sync')
    const before = cpuSecondsOf(sandbox.pid)
    const run = await ingest({
      url: sandbox.url,
      table: 'events',
      destUri: `duckdb:///${file}`,
      stateFolder: state,
    })
    const [table] = run.result.tables
    const serving = cpuSecondsOf(sandbox.pid) - before
    return [
      `DuckDB alone, the faster of one and two threads: ${seconds(alone)}`,
      `sluice, end to end: ${seconds(run.seconds)}, ${Math.round(table.inserted / run.seconds / 1000)} thousand rows/s, ${seconds(run.cpuSeconds)} of processor time besides the sandbox's ${seconds(serving)}, peak ${Math.round(run.peakMb)} MB, ${table.requests} requests`,
      `ratio: ${ratio(run.seconds / alone)} (aim: 1.6)`,
    ]
  } finally {
    await sandbox.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

function duckDbAlone(pages, file, threads) {
  rmSync(file, { force: true })
  const script = new URL('./lib/duckdb-alone.mjs', import.meta.url).pathname
  return Number(
    execFileSync(process.execPath, [script, join(pages, '*.json'), file, String(threads)]).toString(),
  )
}

/** Peak memory must not depend on the volume. */
export async function memory() {
  const peaks = []
  for (const events of [1_000_000, 10_000_000]) {
    const { folder, file, state } = workspace('memory')
    const sandbox = await openSandbox({ events, profiles: 50_000, limits: 'off' })
    try {
      const run = await ingest({
        url: sandbox.url,
        table: 'events',
        destUri: `duckdb:///${file}`,
        stateFolder: state,
      })
      peaks.push({ events, run })
    } finally {
      await sandbox.close()
      rmSync(folder, { recursive: true, force: true })
    }
  }
  const [small, large] = peaks
  return [
    ...peaks.map(
      ({ events, run }) =>
        `${events / 1e6} M events: peak ${Math.round(run.peakMb)} MB, ${seconds(run.seconds)}`,
    ),
    `difference: ${(100 * (large.run.peakMb / small.run.peakMb - 1)).toFixed(1)} % (aim: within 10 %, both at most 600 MB)`,
  ]
}
