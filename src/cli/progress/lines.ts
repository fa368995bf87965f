import type { Listener, PlannedRead, RunEvent } from '../../model/run-event.ts'
import { bytes, count, counted, duration, instant, percent } from '../units.ts'

/** How often a table that is being read says how far it is. */
const EVERY_MS = 5_000

/** Plain lines, for logs and CI: one when something happens, and one every few seconds while a table is read. */
export function lineProgress(print: (line: string) => void, now: () => number): Listener {
  const reading = new Map<
    string,
    { rows: number; pages: number; bytes: number; startedAt: number; saidAt: number }
  >()
  return (event) => {
    if (event.type === 'table planned') {
      const at = now()
      reading.set(event.table, { rows: 0, pages: 0, bytes: 0, startedAt: at, saidAt: at })
    }
    if (event.type === 'page received') {
      const state = reading.get(event.table)
      if (state === undefined) return
      state.rows += event.rows
      state.pages += 1
      state.bytes += event.bytes
      if (now() - state.saidAt < EVERY_MS) return
      state.saidAt = now()
      const rate = (state.rows * 1000) / Math.max(1, now() - state.startedAt)
      print(
        `${event.table}: ${counted(state.rows, 'row')}, ${counted(state.pages, 'page')}, ${bytes(state.bytes)}, ${count(rate)} rows/s`,
      )
      return
    }
    const line = describe(event)
    if (line !== null) print(line)
  }
}

/** One line about an event; null for those that are too frequent to be worth one. */
export function describe(event: RunEvent): string | null {
  switch (event.type) {
    case 'run started':
      return `account ${event.account}: ${event.tables.join(', ')}`
    case 'table planned':
      return `${event.table}: ${plan(event.plan)}`
    case 'limited':
      return event.waitMs < 2_000
        ? null
        : `${event.table}: waiting ${duration(event.waitMs)} (${event.reason})`
    case 'columns added':
      return `${event.table}: new ${event.columns.length === 1 ? 'column' : 'columns'} ${event.columns.map((name) => `"${name}"`).join(', ')}`
    case 'table done': {
      const { rows, inserted, changed, requests, durationMs, limitShare } = event.result
      return `${event.table}: done, ${counted(rows, 'row')} read, ${count(inserted)} new, ${count(changed)} changed, ${counted(requests, 'request')}, ${duration(durationMs)}, ${percent(limitShare)} of the limit`
    }
    case 'table failed':
      return `${event.table}: failed. ${event.message}`
    case 'lookback caught':
      return `${event.table}: the lookback caught ${counted(event.rows, 'late row')}, the oldest ${duration(event.oldestSeconds * 1000)} old`
    case 'page received':
    case 'batch committed':
    case 'run done':
      return null
    default:
      return event satisfies never
  }
}

function plan(read: PlannedRead): string {
  if (read.kind === 'snapshot') return 'reading the whole table'
  const replayed = read.replayedPages === 0 ? '' : `, ${counted(read.replayedPages, 'page')} already on disk`
  if (read.windows === 0) return `everything up to ${since(read.from)} is in already${replayed}`
  const resumed = read.resumed ? 'going on where the last run stopped' : `reading from ${since(read.from)} on`
  return `${resumed}, ${counted(read.windows, 'window')}${replayed}`
}

const since = (from: number): string => (from <= 0 ? 'the beginning' : instant(from))
