import type { Engine } from '../engine/engine.ts'
import type { TableName } from '../model/names.ts'
import type { Stage, StageColumn } from '../model/stage.ts'
import type { Dialect } from './dialect.ts'

/** What is there: columns with their types, in order. Null: no such table. */
export type Shape = Readonly<{ columns: readonly StageColumn[] }> | null

/** SQL with values bound, never spliced in. */
export type Statement = Readonly<{ sql: string; values: readonly SqlValue[] }>
export type SqlValue = string | number | bigint | boolean | null
export type SqlRow = Readonly<Record<string, SqlValue>>

/** Inside one transaction. */
export interface Transaction {
  run(statement: Statement): Promise<readonly SqlRow[]>
}

/**
 * A place where rows go. It knows SQL and its own driver; it does not know Klaviyo, and nobody above it asks
 * which one it is, only what its dialect can do.
 */
export interface Destination extends AsyncDisposable {
  readonly dialect: Dialect
  /** For messages: the URI without secrets. */
  readonly label: string
  describe(table: TableName): Promise<Shape>
  query(statement: Statement): Promise<readonly SqlRow[]>
  /**
   * Runs `work` in one transaction. Where a stage is given it can be read in there under the table name that
   * is passed to `work`. Rolls back, and leaves the destination as it was, when `work` or the commit fails.
   */
  transaction<T>(
    stage: Stage | null,
    work: (tx: Transaction, staged: string) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T>
}

/** How a destination is opened: from its URI, with the engine that will hand it stages. */
export type Open = (uri: URL, engine: Engine) => Promise<Destination>
