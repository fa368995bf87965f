import type { LandedFile } from '../model/landed.ts'
import type { Altered } from '../model/run-event.ts'
import type { Stage } from '../model/stage.ts'
import type { Column, Cursor } from '../model/table.ts'
import type { Window } from '../model/time.ts'

/** A landed page, and which of its rows count. */
export type StageFile = Readonly<
  LandedFile & {
    /**
     * Only rows whose cursor lies in this half-open window are kept; `to: null` = no end. Default: all. A window
     * that was cut while it was read has a last page that runs into the next one.
     */
    keep?: Readonly<{ from: Window['from']; to: Window['to'] | null }> | null
  }
>

/** What turns landed pages into a stage. */
export type StageRequest = Readonly<{
  files: readonly StageFile[]
  /** Declared columns, already flattened if the user asked for that. */
  columns: readonly Column[]
  key: readonly string[]
  /** Newest per key = greatest cursor, then latest received page. Null: latest received page. */
  cursor: Pick<Cursor, 'field'> | null
  account: string
  /** Milliseconds since 1970; becomes `_sluice_synced_at`. */
  syncedAtMs: number
  /** How many columns may be found in the data; see `NewColumns`. */
  newColumns?: NewColumns
}>

/**
 * A limit on the columns that a table gets for what nobody declared: every attribute beyond it is kept in the one JSON
 * column `_sluice_more`, under its name. Those that the table has already count, and stay columns.
 */
export type NewColumns = Readonly<{
  /** Default `NEW_COLUMNS_LIMIT`. */
  limit: number
  /** Names of columns that were found before. */
  known: readonly string[]
}>

/** One row with a thousand new attributes took all memory; this many are far more than any account has. */
export const NEW_COLUMNS_LIMIT = 500

export type Selected = Readonly<{ columns: readonly string[]; rows: readonly (readonly Value[])[] }>

export type Value = string | number | bigint | boolean | null

/**
 * An in-process DuckDB that types landed pages in sets.
 *
 * `stage` and `drop` have a connection of their own: pages are typed while a batch is being loaded, and a rollback
 * takes no stage with it. A destination that is DuckDB itself attaches its file to a `session`, others take a stage
 * out with `copy`.
 */
export interface Engine extends Session {
  /**
   * Reads pages into a table of the engine. Drop it with `drop` when it is loaded.
   *
   * Every row that was counted when its page landed has then been read: otherwise it rejects, with an
   * `UnloadablePage` where a page on disk is to blame.
   *
   * Besides the declared columns a stage has one for every attribute and every relationship with data that
   * was found and not declared (text, or JSON where an object or array was seen), and `_sluice_unfit` when some
   * value does not fit its column's type: the column is null there, and the value is kept under its name.
   */
  stage(request: StageRequest): Promise<Stage>
  drop(stage: Stage): Promise<void>
  /** Writes a stage to a file in the format named. */
  copy(stage: Stage, file: string, format: CopyFormat, options?: CopyOptions): Promise<Copied>
  /** A connection beside the engine's own, which sees every stage. */
  session(): Promise<Session>
  /** A private folder for files on their way; whatever is left in it goes with the engine. */
  readonly scratch: string
}

/** One connection to the engine. Its statements run one after another, and its transactions are its own. */
export interface Session extends AsyncDisposable {
  run(sql: string, values?: readonly Value[]): Promise<void>
  /**
   * Rows as arrays of values in column order: 64-bit integers and larger as bigint, TIMESTAMPTZ as
   * `2026-01-31T12:00:00.123456Z`, DECIMAL and JSON as text.
   */
  query(sql: string, values?: readonly Value[]): Promise<readonly (readonly Value[])[]>
  /** The same with the names of the columns. */
  select(sql: string, values?: readonly Value[]): Promise<Selected>
  /**
   * Names of the columns that one query would give, without running it; null where the text is no single statement, or
   * one that does not only read.
   */
  namesOf(sql: string): Promise<readonly string[] | null>
  /**
   * Rows in chunks of 2,048 at most, as they are pulled; values as in `query`. Only for what cannot fail half-way: a
   * streamed result whose query fails in the middle ends early and without an error (seen with 1.5.5: 57,344 of
   * 60,000 rows, whichever way it was streamed).
   */
  stream(sql: string): AsyncIterable<readonly (readonly Value[])[]>
  /** Ends the running statement with an error. */
  interrupt(): void
}

/** `csv` has no header, and text always in quotes, doubled where they are meant. */
export type CopyFormat = 'csv' | 'parquet'

export type CopyOptions = Readonly<{
  /**
   * Leaves out NUL characters, in text and as `\u0000` in JSON: Postgres can store neither. How many values were
   * changed is counted.
   */
  withoutNul?: boolean
  /** Only the part of this number, from 0 on, of so many: each row is in exactly one. Default: all rows. */
  part?: Readonly<{ number: number; of: number }>
  /** Default: what Postgres' `copy … from stdin (format csv)` reads. */
  csv?: CsvSpelling
}>

/** How values look in CSV that are not text. */
export type CsvSpelling = Readonly<{
  /** Never in quotes, so that no text is taken for it. */
  nothing: string
  /** As `strftime` takes it. */
  instant: string
  yes: string
  no: string
}>

export type Copied = Readonly<{
  withoutNul: number
  /** The same by column, with the key of a row. */
  altered: readonly Altered[]
}>

export type EngineOptions = Readonly<{
  /**
   * What DuckDB may hold in memory before it spills. Default 160: a whole run with 32 streams then peaks at some
   * 520 MB, at 256 at some 620, and neither was faster.
   */
  memoryLimitMb?: number
  /** Default: half of the cores, four at most. */
  threads?: number
  /** An existing folder for spilling and for pages that must be rewritten; the caller removes it. */
  tempDirectory: string
}>
