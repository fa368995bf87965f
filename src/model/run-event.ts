/** What happens in a run, as one typed stream. Progress bars, logs, JSON and the summary only listen. */
export type RunEvent =
  | Readonly<{ type: 'run started'; at: number; account: string; tables: readonly string[] }>
  | Readonly<{ type: 'table planned'; table: string; plan: PlannedRead }>
  | Readonly<{
      type: 'page received'
      table: string
      rows: number
      bytes: number
      latencyMs: number
      /** Part of the rows that are in, by the density seen so far; null while nothing is known. */
      progress: number | null
      /** How long the rest will take, by the speed seen and the limits, milliseconds; null while nothing is known. */
      leftMs: number | null
      /** Requests ÷ what the steady limit allows so far. */
      limitShare: number
    }>
  | Readonly<{ type: 'limited'; table: string; waitMs: number; reason: string }>
  | Readonly<{
      type: 'batch committed'
      table: string
      rows: number
      inserted: number
      changed: number
      pages: number
    }>
  | Readonly<{ type: 'columns added'; table: string; columns: readonly string[] }>
  /** Pages that a stopped run left and that cannot be loaded: moved to the folder, and read anew. */
  | Readonly<{ type: 'pages set aside'; table: string; pages: number; folder: string }>
  | Readonly<{ type: 'lookback caught'; table: string; rows: number; oldestSeconds: number }>
  | Readonly<{ type: 'table done'; table: string; result: TableResult }>
  | Readonly<{ type: 'table failed'; table: string; message: string }>
  | Readonly<{ type: 'run done'; result: RunResult }>

/** What a table's run is about to do. */
export type PlannedRead =
  | Readonly<{ kind: 'snapshot' }>
  | Readonly<{
      kind: 'windows'
      /** Stretches of time to read; none: everything wanted is in. */
      windows: number
      /** Epoch seconds. */
      from: number
      lookbackSeconds: number
      /** A run that was killed is going on. */
      resumed: boolean
      /** Pages from an earlier run that need not be asked for again. */
      replayedPages: number
    }>

/** What became of one table. */
export type TableResult = Readonly<{
  table: string
  /** Rows that came from Klaviyo, after newest-per-key. */
  rows: number
  inserted: number
  changed: number
  /** Snapshots: rows marked as gone from Klaviyo. */
  deleted: number
  pages: number
  requests: number
  /** Answers with status 429. */
  throttled: number
  retries: number
  bytes: number
  /** Rows that the lookback caught: they carry a time that was covered before and were not there, or not so. */
  late: Readonly<{ rows: number; oldestSeconds: number }>
  durationMs: number
  /** Requests made ÷ requests that the steady limit allows in the time taken; 0..1. */
  limitShare: number
}>

export type RunResult = Readonly<{ tables: readonly TableResult[]; durationMs: number }>

/** Where events go. Never throws, never waits. */
export type Listener = (event: RunEvent) => void
