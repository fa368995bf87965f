import type { Place, Strategy, Target } from '../destinations/target.ts'
import type { Engine } from '../engine/engine.ts'
import type { AccountIdentity } from '../model/account.ts'
import type { MadeOf, Telltale } from '../model/made-of.ts'
import type { TableName } from '../model/names.ts'
import type { Emit, TableResult } from '../model/run-event.ts'
import type { Column, Table } from '../model/table.ts'
import type { Clock } from '../util/clock.ts'
import type { Parallelism } from './concurrency.ts'
import type { ReadPage } from './extract.ts'
import type { Interval } from './plan.ts'
import type { Tally } from './tally.ts'

/** What one table is to become. */
export type TableJob = Readonly<{
  table: Table
  columns: readonly Column[]
  madeOf: MadeOf
  telltale: Telltale
  target: TableName
  strategy: Strategy
  interval: Interval
  /** Null: the table's own. */
  lookbackSeconds: number | null
  fullRefresh: boolean
  reload: boolean
  /** Whether rows may go that are not read again. */
  yes: boolean
  /** Whether its rows are looked for at Klaviyo afterwards, so that those are marked that it has no more. */
  reconcile: boolean
  parallelism: Parallelism
}>

/** Where rows come from; `klaviyo/source.ts` is one. */
export interface Source {
  /** Pages of a table, or of one pass or window of it, in order. */
  read(table: Table, read: SourceRead): AsyncIterable<ReadPage>
  /** Ids of all rows of a table. */
  ids(table: string, signal: AbortSignal): Promise<readonly string[]>
  /** What to read instead of a table to learn of its ids alone. */
  idTables(table: Table): IdTables
  /** Rows of a full page. */
  pageRows(table: Table): number
  /** Fingerprint of what is asked for besides the window. */
  shape(table: Table): string
  /** Whether requests of the table wait for its limits already: more streams would only wait beside them. */
  isQueueing(table: Table): boolean
  usage(table: Table): SourceUsage
}

/** A table with a cursor as its ids alone, as cheap as its endpoint makes them. */
export type IdTables = Readonly<{
  /** All of its rows, by a time that a row keeps where the endpoint offers one. */
  all: Table
  /** The same for rows that are named: a table whose parent is the table itself. Null: they cannot be named. */
  named: Table | null
}>

/** What reading a table has cost so far. */
export type SourceUsage = Pick<
  TableResult,
  'requests' | 'throttled' | 'retries' | 'refusedLinks' | 'bytes' | 'limitShare'
>

export type SourceRead = Readonly<{
  pass: string
  window: Readonly<{ from: number; to: number | null }> | null
  parents?: readonly string[]
  signal: AbortSignal
}>

/** When what has landed is loaded. */
export type BatchSize = Readonly<{
  /** This much has landed, inflated: DuckDB types large batches faster, and small ones take less memory. */
  maxBytes: number
  /** This much time has passed, so that progress is durable and visible. */
  commitEveryMs: number
}>

export const BATCHES: BatchSize = { maxBytes: 64_000_000, commitEveryMs: 3_000 }

/** What the tables of a run share. */
export type RunContext = Readonly<{
  source: Source
  /** Its name in the place, and what it is. */
  account: string
  identity: AccountIdentity
  engine: Engine
  place: Place
  clock: Clock
  /** Folder for landed pages of this destination and account. */
  landingFolder: string
  /** What landed pages may take on disk before reading pauses. */
  landingMaxBytes: number
  batches: BatchSize
  listener: Emit
  signal: AbortSignal
}>

/** One table in one run. */
export type TableRun = Readonly<
  RunContext & {
    job: TableJob
    target: Target
    tally: Tally
    /** Columns of the target that nobody declared, in lower case; it grows while batches are loaded. */
    found: Set<string>
  }
>
