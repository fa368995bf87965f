import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { ingest } from './lib/ingest.mjs'
import { openSandbox } from './lib/sandbox.mjs'
import { seconds, workspace } from './lib/workspace.mjs'

const program = fileURLToPath(new URL('../dist/bin.js', import.meta.url))
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]
const TABLES =
  'events,profiles,campaigns,metrics,tags,coupons,catalog-variants,catalog-categories,catalog-items,flows,lists,images,segments,forms,templates'

/** How long until help is printed, and until the first request is at the server. */
export async function startup() {
  const help = median(
    Array.from({ length: 7 }, () => {
      const startedAt = performance.now()
      execFileSync(process.execPath, [program, '--help'])
      return (performance.now() - startedAt) / 1000
    }),
  )
  const { folder, file, state } = workspace('startup')
  const firsts = []
  for (let i = 0; i < 5; i++) firsts.push(await untilFirstRequest(file, state))
  rmSync(folder, { recursive: true, force: true })
  return [
    `sluice --help: ${seconds(help)} (aim: 0.2 s)`,
    `start to first request: ${seconds(median(firsts))} (aim: 0.6 s)`,
  ]
}

async function untilFirstRequest(file, state) {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const startedAt = performance.now()
  const child = spawn(
    process.execPath,
    [
      program,
      'ingest',
      '--source-uri',
      `klaviyo://?api_key=pk_test&account=a&base_url=http://127.0.0.1:${server.address().port}`,
    ].concat(['--source-table', 'events', '--dest-uri', `duckdb:///${file}`]),
    { stdio: 'ignore', env: { ...process.env, SLUICE_STATE_DIR: state } },
  )
  await once(server, 'request')
  const taken = (performance.now() - startedAt) / 1000
  child.kill('SIGKILL')
  server.closeAllConnections()
  server.close()
  return taken
}

/** A run with nothing new. */
export async function second() {
  const { folder, file, state } = workspace('second')
  const sandbox = await openSandbox({ events: 20_000, profiles: 2_000, limits: 'real' })
  try {
    const run = (flags) =>
      ingest({ url: sandbox.url, table: TABLES, destUri: `duckdb:///${file}`, stateFolder: state, flags })
    await run([])
    // The minute's budgets are the first run's; a second one comes later in real life.
    await sandbox.post('advance', { ms: 61_000 })
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    const again = await run(['--lookback', '0'])
    const requests = again.result.tables.map(({ table, requests: made }) => `${table} ${made}`)
    return [
      `second run of 15 tables with nothing new, --lookback 0: ${seconds(again.result.durationMs / 1000)} after start-up, ${seconds(again.seconds)} in all (aim: 1.5 s)`,
      `requests: ${requests.join(', ')}`,
    ]
  } finally {
    await sandbox.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
