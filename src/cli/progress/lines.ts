import type { Listener } from '../../model/run-event.ts'
import { bytes, count, counted, percent, roughly } from '../units.ts'
import { describe, failureLines } from './describe.ts'
import { follow, newTableState } from './table-state.ts'
import type { TableState } from './table-state.ts'

/** How often a table that is being read says how far it is. */
const EVERY_MS = 5_000

/** Plain lines with the time in UTC, for logs and CI: one when something happens, and one every few seconds while a table is read. */
export function lineProgress(write: (line: string) => void, now: () => number): Listener {
  const tell = (line: string): void => {
    write(`${new Date(now()).toISOString().slice(0, 19)}Z ${line}`)
  }
  const tables = new Map<string, { state: TableState; saidAtMs: number }>()
  const failure = failureLines()
  return (event) => {
    const atMs = now()
    const line = describe(event) ?? failure(event)
    if (line !== null) tell(line)
    if (!('table' in event)) return
    const table = tables.get(event.table) ?? { state: newTableState(event.table), saidAtMs: atMs }
    tables.set(event.table, table)
    follow(table.state, event, atMs)
    if (line !== null) table.saidAtMs = atMs
    if (event.type !== 'page received' || atMs - table.saidAtMs < EVERY_MS) return
    table.saidAtMs = atMs
    tell(howFar(table.state, atMs))
  }
}

function howFar(state: TableState, atMs: number): string {
  const { name, rows, pages, limitShare, readyAtMs } = state
  const parts = [counted(rows, 'row'), counted(pages, 'page'), bytes(state.bytes)]
  const perSecond = state.speed.perSecond(atMs)
  if (perSecond !== null) parts.push(`${count(perSecond)} rows/s`)
  if (limitShare !== null) parts.push(`${percent(limitShare)} of the limit`)
  if (readyAtMs !== null && readyAtMs > atMs) parts.push(`about ${roughly(readyAtMs - atMs)} left`)
  return `${name}: ${parts.join(', ')}`
}
