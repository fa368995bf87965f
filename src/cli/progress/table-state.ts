import type { Happening } from '../../model/run-event.ts'
import { Speed } from './speed.ts'

/** Where a table stands, as far as the events have told. */
export type TableState = {
  readonly name: string
  readonly speed: Speed
  phase: 'not begun' | 'reading' | 'done' | 'failed'
  rows: number
  pages: number
  bytes: number
  /** Pages whose rows the destination has. */
  loadedPages: number
  lastPageAtMs: number
  /** Part that is in, as last known; null while nothing is known. */
  progress: number | null
  /** Of the rate limit; null before the first page. */
  limitShare: number | null
  /** When the table will probably be done. */
  readyAtMs: number | null
  /** Pages are of ids now, which are no new rows. */
  isReconciling: boolean
  waiting: Readonly<{ untilMs: number; reason: string }> | null
  durationMs: number | null
}

export const newTableState = (name: string): TableState => ({
  name,
  speed: new Speed(),
  phase: 'not begun',
  rows: 0,
  pages: 0,
  bytes: 0,
  loadedPages: 0,
  lastPageAtMs: 0,
  progress: null,
  limitShare: null,
  readyAtMs: null,
  isReconciling: false,
  waiting: null,
  durationMs: null,
})

/** Takes in what an event says about its table. */
export function follow(
  state: TableState,
  event: Exclude<Happening, { type: 'store carried over' | 'run started' | 'run done' }>,
  atMs: number,
): void {
  switch (event.type) {
    case 'table planned':
      state.phase = 'reading'
      break
    case 'page received':
      if (!state.isReconciling) state.rows += event.rows
      state.pages += 1
      state.bytes += event.bytes
      state.progress = event.progress ?? state.progress
      state.lastPageAtMs = atMs
      state.limitShare = event.limitShare
      state.readyAtMs = event.leftMs === null ? null : atMs + event.leftMs
      state.waiting = null
      state.speed.add(event.rows, atMs)
      break
    case 'limited':
      state.waiting = { untilMs: atMs + event.waitMs, reason: event.reason }
      break
    case 'table done':
      state.phase = 'done'
      state.rows = event.result.rows
      state.pages = event.result.pages
      state.bytes = event.result.bytes
      state.limitShare = event.result.limitShare
      state.durationMs = event.result.durationMs
      break
    case 'table failed':
      state.phase = 'failed'
      break
    case 'batch committed':
      state.loadedPages += event.pages
      break
    case 'reconciling':
      // From here on pages hold ids of rows that were counted already.
      state.isReconciling = true
      state.progress = 0
      state.readyAtMs = null
      break
    case 'altered':
    case 'rows missing':
    case 'reconciled':
    case 'advice':
    case 'columns added':
    case 'pages set aside':
    case 'lookback caught':
      break
    default:
      event satisfies never
  }
}
