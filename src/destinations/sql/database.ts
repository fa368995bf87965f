import type { TableName } from '../../model/names.ts'
import type { QueryRows } from '../../model/query-rows.ts'
import type { Stage } from '../../model/stage.ts'
import type { Dialect } from './dialect.ts'

/*
 * Everything that knows SQL; nothing that knows Klaviyo. `plan.ts` decides purely, `render.ts` spells purely,
 * `load.ts` executes, `sql-target.ts` is what others see of it; a folder per database holds its facts (`dialect.ts`)
 * and its connection (`driver.ts`).
 */

/** A column that is there, its type in the database's own words. */
export type ActualColumn = Readonly<{ name: string; type: string }>

/** What is there: columns in order, and the names of indexes. Null: no such table. */
export type Shape = Readonly<{ columns: readonly ActualColumn[]; indexes: readonly string[] }> | null

/** SQL with values bound as `$1`, `$2`, …, never spliced in; `positional` has them as `?`. */
export type Statement = Readonly<{ sql: string; values: readonly SqlValue[] }>
export type SqlValue = string | number | bigint | boolean | null
export type SqlRow = Readonly<Record<string, SqlValue>>

/** Inside one transaction. */
export interface Transaction {
  /** Rows of a query; empty for everything else. 64-bit integers are bigint, timestamps ISO text. */
  run(statement: Statement): Promise<readonly SqlRow[]>
  /** Values of the stages, as far as they were read, that lost NUL characters, because this database can store none. */
  readonly withoutNul: number
  /** Quoted name under which a stage can be read, mostly by its key; it is brought there when first asked for. */
  staged(stage: Stage, key: readonly string[]): Promise<string>
  /**
   * Only where it is faster than reading the stage from a table: adds the whole stage to a table whose columns
   * have the dialect's own types. False, and nothing has happened, when the unique index refused a row.
   */
  insertStage?(stage: Stage, table: TableName, columns: readonly string[]): Promise<boolean>
}

/**
 * One connection to a database. It knows SQL and its own driver; it does not know Klaviyo, and nobody above it asks
 * which one it is, only what its dialect can do. One call at a time, and nothing outside a transaction while one is
 * open: `SqlPlace` sees to that.
 */
export interface Database extends AsyncDisposable {
  readonly dialect: Dialect
  /** For messages: the URI without secrets. */
  readonly label: string
  /** Tells the database from every other, wherever sluice is started. */
  readonly identity: string
  describe(table: TableName): Promise<Shape>
  /** See `Place`. */
  adviceOn?(schema: string | null): string | null
  query(statement: Statement): Promise<readonly SqlRow[]>
  /** See `Place`. */
  read(query: string, signal: AbortSignal): Promise<QueryRows>
  /**
   * Runs `work` in one transaction, which can read stages. Rolls back, and leaves the database as it was, when
   * `work` or the commit fails or the signal aborts before the commit. Changes of shape stay where the dialect says
   * that they commit. `work` is begun anew when the database gave this transaction up for another one.
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>, signal: AbortSignal): Promise<T>
}
