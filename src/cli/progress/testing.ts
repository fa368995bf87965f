import { SluiceError } from '../../model/errors.ts'
import type { ErrorCode } from '../../model/error-codes.ts'
import type { Envelope, Happening, RunEvent, TableResult } from '../../model/run-event.ts'

/** Events of runs that never were, for tests of what is shown. */

const envelope: Envelope = { run: 'a-run', command: 'ingest', account: 'shop', at: 0 }

/** An event as listeners get it. */
export const heard = (happening: Happening): RunEvent => ({ ...envelope, ...happening })

export const started = (...tables: readonly string[]): RunEvent => ({
  ...envelope,
  type: 'run started',
  account: 'shop',
  tables,
})

export const planned = (table: string, plan: Partial<WindowsPlan> = {}): RunEvent => ({
  ...envelope,
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

type WindowsPlan = Extract<Extract<Happening, { type: 'table planned' }>['plan'], { kind: 'windows' }>

export const page = (table: string, more: Partial<PageReceived> = {}): RunEvent => ({
  ...envelope,
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

type PageReceived = Extract<Happening, { type: 'page received' }>

export const committed = (table: string, pages: number): RunEvent => ({
  ...envelope,
  type: 'batch committed',
  table,
  rows: pages * 1_000,
  inserted: pages * 1_000,
  changed: 0,
  pages,
})

export const limited = (table: string, waitMs: number, reason = 'status 503'): RunEvent => ({
  ...envelope,
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
  removed: 0,
  replaced: 0,
  pages: 1_235,
  requests: 1_240,
  throttled: 0,
  retries: 0,
  refusedLinks: 0,
  reconciled: null,
  bytes: 1_400_000_000,
  late: { rows: 0, oldestSeconds: 0 },
  altered: [],
  durationMs: 65_000,
  limitShare: 0.87,
  ...more,
})

export const done = (table: string, more: Partial<TableResult> = {}): RunEvent => ({
  ...envelope,
  type: 'table done',
  table,
  result: resultOf(table, more),
})

export const failed = (table: string, message: string, code: ErrorCode = 'source-failing'): RunEvent => ({
  ...envelope,
  type: 'table failed',
  table,
  error: new SluiceError(code, message),
})

export const runDone: RunEvent = { ...envelope, type: 'run done', result: { tables: [], durationMs: 0 } }
