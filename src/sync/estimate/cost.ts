import type { Rate } from '../../model/table.ts'
import { limitTimes } from './time-left.ts'

/** What a read can be bound by: Klaviyo's windows of a second, a minute, a day; its answers; this machine. */
export type Bound = 'burst' | 'steady' | 'daily' | 'latency' | 'engine'

/** How long something takes, in milliseconds, and what keeps it from being faster. */
export type Cost = Readonly<{ durationMs: number; boundBy: Bound }>

/** Requests to one endpoint; all that go there share its limits. */
export type Spending = Readonly<{ endpoint: string; rate: Rate; requests: number }>

/** What a table asks for, as far as it decides how long that takes. */
export type Load = Readonly<{
  spendings: readonly Spending[]
  /** What waiting for answers alone takes, milliseconds. */
  latencyMs: number
  rows: number
}>

/**
 * Rows per second from socket to file on two cores, which the server has a part of; measured with a million events of
 * 1.1 kB into a DuckDB file (`npm run bench -- engine`).
 */
const ENGINE_ROWS_PER_SECOND = 100_000

/**
 * Tables run side by side. Those that ask the same endpoint share its limits, all share the engine, and the
 * slowest of these decides.
 */
export function costOf(loads: readonly Load[]): Cost {
  const rows = loads.reduce((sum, load) => sum + load.rows, 0)
  const engine = (rows / ENGINE_ROWS_PER_SECOND) * 1_000
  const latency = Math.max(0, ...loads.map(({ latencyMs }) => latencyMs))
  const limits = byEndpoint(loads).map(({ requests, rate }) => limitTimes(requests, rate))
  const longest = (bound: 'burst' | 'steady' | 'daily'): number =>
    Math.max(0, ...limits.map((times) => times[bound]))
  const times: readonly (readonly [Bound, number])[] = [
    ['latency', latency],
    ['burst', longest('burst')],
    ['steady', longest('steady')],
    ['daily', longest('daily')],
    ['engine', engine],
  ]
  const [boundBy, durationMs] = times.reduce((most, each) => (each[1] > most[1] ? each : most))
  return { durationMs: Math.ceil(durationMs), boundBy }
}

function byEndpoint(loads: readonly Load[]): readonly Spending[] {
  const sums = new Map<string, Spending>()
  for (const spending of loads.flatMap(({ spendings }) => spendings)) {
    const before = sums.get(spending.endpoint)?.requests ?? 0
    sums.set(spending.endpoint, { ...spending, requests: before + spending.requests })
  }
  return [...sums.values()]
}

/** The limits of an account of which only a share is ours. */
export const shareOf = ({ perSecond, perMinute, perDay }: Rate, share: number): Rate => ({
  perSecond: perSecond * share,
  perMinute: perMinute * share,
  ...(perDay === undefined ? {} : { perDay: perDay * share }),
})
