// `node bench/kill-storm.mjs [KILLS [EVENTS]]`: the long version of test/scenarios/kill.test.ts. A backfill of events,
// profiles and three smaller tables under mild faults, killed so many times at random moments of its start, reading,
// loading and end, while new data arrives; each time started again with the same words. At the end the database must
// hold what the sandbox holds. Takes about two seconds a kill.
import { spawn } from 'node:child_process'
import { readdirSync, rmSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { DuckDBInstance } from '@duckdb/node-api'
import { startSandbox } from '../dist/sandbox/index.js'
import { buildShop } from '../dist/sandbox/shop/shop.js'
import { machine, seconds, workspace } from './lib/workspace.mjs'

const kills = Number(process.argv[2] ?? 300)
const events = Number(process.argv[3] ?? 2_000 * kills)
const TABLES = ['events', 'profiles', 'campaigns', 'flows', 'tags']
const { folder, file, state } = workspace('kill-storm')

const sandbox = await startSandbox({
  events,
  profiles: Math.ceil(events / 40),
  limits: 'off',
  faults: 'mild',
  latencyMs: { meanMs: 150, jitterMs: 100 },
  shop: (options) => buildShop({ ...options, nowMs: options.nowMs - 40 * 86_400_000 }),
})
const words = [
  ['dist/bin.js', 'ingest', '--source-table', TABLES.join(','), '--dest-table', 'k.*'],
  ['--source-uri', `klaviyo://?api_key=pk_test&base_url=${sandbox.url}&account=shop`],
  ['--dest-uri', `duckdb:///${file}`, '--interval-start', '2010-01-01'],
].flat()
const begin = () => {
  const child = spawn(process.execPath, words, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, SLUICE_STATE_DIR: state },
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (said += data))
  return {
    child,
    done: new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal, said }))),
  }
}

console.log(`${machine()}: ${kills} kills over a backfill of ${events} events`)
const startedAt = performance.now()
let killed = 0
let finished = 0
while (killed < kills) {
  const { child, done } = begin()
  // Short lives hit the start and what it replays, long ones the commits in between.
  await Promise.race([pause(killed % 4 === 0 ? Math.random() * 500 : 300 + Math.random() * 4_500), done])
  child.kill(killed % 5 === 0 ? 'SIGTERM' : 'SIGKILL')
  const { code, said } = await done
  if (code === 0) {
    // It has caught up: more data, so that the next kill meets work again.
    finished += 1
    sandbox.changes().addEvents({ count: 3_000 })
    continue
  }
  if (code !== null && code !== 130) throw new Error(said)
  killed += 1
  if (killed % 50 === 0) console.log(`  ${killed} kills, ${sandbox.stats().total.requests} requests`)
}
const { code, said } = await begin().done
if (code !== 0) throw new Error(said)

const instance = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY' })
const connection = await instance.connect()
const lines = []
let isWrong = false
for (const table of TABLES) {
  const rows = (await connection.runAndReadAll(`select id from k.${table}`)).getRows().map(([id]) => id)
  const truth = new Set()
  for (const text of sandbox.truth(table)) truth.add(JSON.parse(text).id)
  const held = new Set(rows)
  const missing = [...truth].filter((id) => !held.has(id))
  const isRight = rows.length === truth.size && held.size === truth.size && missing.length === 0
  isWrong ||= !isRight
  lines.push(`${table}: ${rows.length} rows, ${truth.size} in the sandbox${isRight ? '' : ' WRONG'}`)
}
connection.closeSync()
instance.closeSync()
const left = readdirSync(state, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
const { get_events: asked } = sandbox.stats().operations
lines.push(
  `event pages: ${asked.succeeded} received, ${Math.ceil(events / 1_000)} hold them all`,
  `files left: ${left.length}; ran to its end ${finished + 1} times; ${seconds((performance.now() - startedAt) / 1000)}`,
)
for (const line of lines) console.log(`  ${line}`)
await sandbox.close()
if (left.length > 0) console.log(left.map((entry) => `  left: ${entry.name}`).join('\n'))
rmSync(folder, { recursive: true, force: true })
process.exitCode = isWrong || left.length > 0 ? 1 : 0
