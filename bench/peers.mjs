import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { ingest } from './lib/ingest.mjs'
import { sequentialPages } from './lib/pages.mjs'
import { openSandbox } from './lib/sandbox.mjs'
import { ratio, seconds, workspace } from './lib/workspace.mjs'

const EVENTS = 50_000

/** One cursor, pages of the API's default size, bodies parsed and thrown away: the script that everybody writes first. */
export async function sequential() {
  const { folder, file, state } = workspace('sequential')
  const sandbox = await openSandbox({
    events: EVENTS,
    profiles: 5_000,
    limits: 'real',
    latencyMs: { meanMs: 300, jitterMs: 100 },
  })
  try {
    const run = await ingest({
      url: sandbox.url,
      table: 'events',
      destUri: `duckdb:///${file}`,
      stateFolder: state,
    })
    const startedAt = performance.now()
    let rows = 0
    for await (const page of sequentialPages(sandbox.url, '/api/events')) rows += JSON.parse(page).data.length
    const plain = (performance.now() - startedAt) / 1000
    return [
      `plain sequential reader, 200 a page, loading nothing: ${rows} rows in ${seconds(plain)}`,
      `sluice, loaded into DuckDB: ${run.result.tables[0].inserted} rows in ${seconds(run.seconds)}`,
      `sluice is ${ratio(plain / run.seconds)} as fast`,
    ]
  } finally {
    await sandbox.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The same table by ingestr, where it is installed and can be pointed at another origin. */
export async function ingestr() {
  const { status } = spawnSync('ingestr', ['--version'])
  if (status !== 0) return ['skipped: the command "ingestr" is not installed here']
  return ["skipped: the installed ingestr has no way to read from another origin than Klaviyo's"]
}
