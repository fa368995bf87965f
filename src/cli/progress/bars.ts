import type { Listener } from '../../model/run-event.ts'
import { count, duration, percent } from '../units.ts'
import { describe } from './lines.ts'

const REPAINT_MS = 100
const BAR_WIDTH = 24

type Row = {
  name: string
  rows: number
  pages: number
  progress: number | null
  share: number | null
  startedAt: number
  waiting: { until: number; reason: string } | null
  done: string | null
}

/** What can be repainted: `log-update`, or a test. */
export type Screen = Readonly<{
  paint: (text: string) => void
  keep: (text: string) => void
  done: () => void
}>

/** One bar a table: rows, pages, rows a second, use of the rate limit, time left. */
export function barProgress(screen: Screen, now: () => number, width: number): Listener {
  const rows = new Map<string, Row>()
  let paintedAt = 0
  const paint = (force: boolean): void => {
    if (!force && now() - paintedAt < REPAINT_MS) return
    paintedAt = now()
    screen.paint([...rows.values()].map((row) => line(row, now(), width)).join('\n'))
  }
  return (event) => {
    if (event.type === 'run done') {
      paint(true)
      screen.done()
      return
    }
    if (event.type === 'run started') {
      screen.keep(`account ${event.account}`)
      return
    }
    const row = rows.get(event.table) ?? newRow(event.table, now())
    rows.set(event.table, row)
    switch (event.type) {
      case 'page received':
        row.rows += event.rows
        row.pages += 1
        row.progress = event.progress
        row.share = event.limitShare
        row.waiting = null
        break
      case 'limited':
        row.waiting = { until: now() + event.waitMs, reason: event.reason }
        break
      case 'table done':
        row.rows = event.result.rows
        row.progress = 1
        row.done = `${duration(event.result.durationMs)}, ${percent(event.result.limitShare)} of the limit`
        break
      case 'table failed':
        row.done = 'failed'
        break
      case 'columns added':
      case 'lookback caught':
        screen.keep(describe(event) ?? '')
        break
      case 'table planned':
      case 'batch committed':
        break
      default:
        event satisfies never
    }
    paint(event.type === 'table done' || event.type === 'table failed')
  }
}

const newRow = (name: string, at: number): Row => ({
  name,
  rows: 0,
  pages: 0,
  progress: null,
  share: null,
  startedAt: at,
  waiting: null,
  done: null,
})

function line(row: Row, at: number, width: number): string {
  const filled = Math.round((row.progress ?? 0) * BAR_WIDTH)
  const bar =
    row.progress === null ? '·'.repeat(BAR_WIDTH) : '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled)
  const text = `${row.name.padEnd(18)} ${bar} ${count(row.rows).padStart(11)} rows  ${row.done ?? moving(row, at)}`
  return text.slice(0, width)
}

function moving(row: Row, at: number): string {
  if (row.waiting !== null && row.waiting.until > at)
    return `waiting ${duration(row.waiting.until - at)} (${row.waiting.reason})`
  const elapsedMs = Math.max(1, at - row.startedAt)
  const parts = [`${count(row.pages)} pages`, `${count((row.rows * 1000) / elapsedMs)} rows/s`]
  if (row.share !== null) parts.push(`${percent(row.share)} of limit`)
  if (row.progress !== null && row.progress > 0.01)
    parts.push(`${duration((elapsedMs * (1 - row.progress)) / row.progress)} left`)
  return parts.join(' · ')
}
