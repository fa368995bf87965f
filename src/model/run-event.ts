import type { SluiceError } from './errors.ts'
import type { Window } from './time.ts'

/** What happens in a run, as one typed stream. Progress bars, logs, JSON and the summary only listen. */
export type RunEvent = Envelope & Happening

/** What every event carries: of which run it is, and when it was. */
export type Envelope = Readonly<{
  /** Id of the run: a UUID. */
  run: string
  command: 'ingest' | 'estimate'
  /** Null until it is known. */
  account: string | null
  /** Milliseconds since 1970, by this machine's clock. */
  at: number
}>

export type Happening =
  /** What an older version of sluice remembered in the destination has this version's form now. */
  | Readonly<{ type: 'store carried over'; from: number; to: number }>
  | Readonly<{ type: 'run started'; account: string; tables: readonly string[] }>
  /** Nothing is wrong, but whoever uses the data will stumble over it: said of the first table that it is true of. */
  | Readonly<{ type: 'advice'; table: string; message: string }>
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
  | (Readonly<{ type: 'altered'; table: string }> & Altered)
  /** Pages that a stopped run left and that cannot be loaded: moved to the folder, and read anew. */
  | Readonly<{ type: 'pages set aside'; table: string; pages: number; folder: string }>
  /** The rows that the destination has are being looked for at Klaviyo, by their ids alone. */
  | Readonly<{ type: 'reconciling'; table: string; rows: number; window: Window | null }>
  /** Rows whose ids did not come: they are asked for a second time before any of them is marked. */
  | Readonly<{ type: 'rows missing'; table: string; missing: number; rows: number }>
  | (Readonly<{ type: 'reconciled'; table: string }> & Reconciled)
  | Readonly<{ type: 'lookback caught'; table: string; rows: number; oldestSeconds: number }>
  | Readonly<{ type: 'table done'; table: string; result: TableResult }>
  | Readonly<{ type: 'table failed'; table: string; error: SluiceError }>
  | Readonly<{ type: 'run done'; result: RunResult }>

/** What looking for rows at Klaviyo by their ids has come to. */
export type Reconciled = Readonly<{
  /** Rows of the destination that were looked for, marked ones included. */
  rows: number
  /** Rows that are gone from Klaviyo, found so for the first time. */
  marked: number
  /** Rows that had been marked, and are there again. */
  revived: number
}>

/**
 * What could not be stored as Klaviyo sent it: `unfit` the value does not fit its column's type, which is null, and is
 * kept in `_sluice_unfit` · `nul` NUL characters, which the database cannot store, were taken out · `half-character`
 * halves of characters became U+FFFD.
 */
export type Altered = Readonly<{
  kind: 'unfit' | 'nul' | 'half-character'
  /** Null: of several columns, or not known which. */
  column: string | null
  rows: number
  /** Key of one of the rows; null: not known. */
  exampleKey: string | null
}>

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
  /** Rows marked as gone from Klaviyo, or removed by `delete+insert`. */
  deleted: number
  /**
   * Where everything was read anew: rows that were there and did not come again, and rows that took the place of one
   * that was there. `inserted` are then those that were not.
   */
  removed: number
  replaced: number
  /** Null: rows were not looked for by their ids, because nobody asked for it or the table was read whole. */
  reconciled: Reconciled | null
  pages: number
  requests: number
  /** Answers with status 429. */
  throttled: number
  retries: number
  /** Next links that Klaviyo refused although it gave them itself: the rest was asked for anew each time. */
  refusedLinks: number
  bytes: number
  /** Rows that the lookback caught: they carry a time that was covered before and were not there, or not so. */
  late: Readonly<{ rows: number; oldestSeconds: number }>
  /** What was altered, by kind and column. */
  altered: readonly Altered[]
  durationMs: number
  /** Requests made ÷ requests that the steady limit allows in the time taken; 0..1. */
  limitShare: number
}>

export type RunResult = Readonly<{ tables: readonly TableResult[]; durationMs: number }>

/** A table that could not be completed, and why. */
export type TableFailure = Readonly<{ table: string; error: SluiceError }>

/** Where events go. It is not waited for, and what it throws harms nobody. */
export type Listener = (event: RunEvent) => unknown

/** Where the parts of a run say what happens. */
export type Emit = (happening: Happening) => void
