import type { RunEvent, TableResult } from '../../model/run-event.ts'

/** Events of runs that never were, for tests of what is shown. */

export const started = (...tables: readonly string[]): RunEvent => ({
  type: 'run started',
  at: 0,
  account: 'shop',
  tables,
})

export const planned = (table: string, plan: Partial<WindowsPlan> = {}): RunEvent => ({
  type: 'table planned',
  table,
  plan: {
    kind: 'windows',
    windows: 1,
    from: 0,
    lookbackSeconds: 604_800,
    resumed: false,
    replayedPages: 0,
    ...plan,
  },
})

type WindowsPlan = Extract<Extract<RunEvent, { type: 'table planned' }>['plan'], { kind: 'windows' }>

export const page = (table: string, more: Partial<PageReceived> = {}): RunEvent => ({
  type: 'page received',
  table,
  rows: 1_000,
  bytes: 1_100_000,
  latencyMs: 100,
  progress: null,
  leftMs: null,
  limitShare: 0.5,
  ...more,
})

type PageReceived = Extract<RunEvent, { type: 'page received' }>

export const committed = (table: string, pages: number): RunEvent => ({
  type: 'batch committed',
  table,
  rows: pages * 1_000,
  inserted: pages * 1_000,
  changed: 0,
  pages,
})

export const limited = (table: string, waitMs: number, reason = 'status 503'): RunEvent => ({
  type: 'limited',
  table,
  waitMs,
  reason,
})

export const resultOf = (table: string, more: Partial<TableResult> = {}): TableResult => ({
  table,
  rows: 1_234_567,
  inserted: 1_200_000,
  changed: 0,
  deleted: 0,
  pages: 1_235,
  requests: 1_240,
  throttled: 0,
  retries: 0,
  bytes: 1_400_000_000,
  late: { rows: 0, oldestSeconds: 0 },
  durationMs: 65_000,
  limitShare: 0.87,
  ...more,
})

export const done = (table: string, more: Partial<TableResult> = {}): RunEvent => ({
  type: 'table done',
  table,
  result: resultOf(table, more),
})

export const failed = (table: string, message: string): RunEvent => ({ type: 'table failed', table, message })

export const runDone: RunEvent = { type: 'run done', result: { tables: [], durationMs: 0 } }
