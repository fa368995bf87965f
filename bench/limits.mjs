import { rmSync } from 'node:fs'
import { ingest } from './lib/ingest.mjs'
import { openSandbox } from './lib/sandbox.mjs'
import { ratio, seconds, workspace } from './lib/workspace.mjs'

const LATENCY = { meanMs: 300, jitterMs: 100 }

/**
 * The least time that Klaviyo's windows allow: full minutes for what fills them, the rest at the burst rate, and
 * one answer's wait.
 */
function limitSeconds(requests, { perSecond, perMinute }) {
  const minutes = Math.floor((requests - 1) / perMinute)
  const rest = requests - minutes * perMinute
  return minutes * 60 + rest / perSecond + LATENCY.meanMs / 1000
}

async function against(bound, { sandbox: options, table, aim, about, name }) {
  const { folder, file, state } = workspace(name)
  const sandbox = await openSandbox({ limits: 'real', latencyMs: LATENCY, ...options })
  try {
    const run = await ingest({ url: sandbox.url, table, destUri: `duckdb:///${file}`, stateFolder: state })
    const [result] = run.result.tables
    return [
      `${about}: bound ${seconds(bound)}`,
      `sluice: ${seconds(run.seconds)}, ${result.requests} requests, ${result.throttled} answered with 429, ${result.inserted} rows, peak ${Math.round(run.peakMb)} MB, ${seconds(run.cpuSeconds)} of processor time`,
      `ratio: ${ratio(run.seconds / bound)} (aim: ${aim})`,
    ]
  } finally {
    await sandbox.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

const EVENTS = 5_000_000
const eventsBound = limitSeconds(EVENTS / 1_000, { perSecond: 350, perMinute: 3_500 })

export const limitBound = () =>
  against(eventsBound, {
    name: 'limit',
    table: 'events',
    aim: 1.15,
    about: `${EVENTS / 1e6} M events, real limits, latency 300 ± 100 ms`,
    sandbox: { events: EVENTS, profiles: 50_000 },
  })

export const crowded = () =>
  against(eventsBound, {
    name: 'crowded',
    table: 'events',
    aim: 1.25,
    about: 'the same with nine tenths of the rows in two days of four years',
    sandbox: { events: EVENTS, profiles: 50_000, crowded: true },
  })

export const profilesBound = () =>
  against(limitSeconds(1_000, { perSecond: 75, perMinute: 750 }), {
    name: 'profiles',
    table: 'profiles',
    aim: 1.05,
    about: '100,000 profiles, real limits, latency 300 ± 100 ms',
    sandbox: { events: 1_000, profiles: 100_000 },
  })
