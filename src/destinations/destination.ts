import type { Engine } from '../engine/engine.ts'
import type { TableName } from '../model/names.ts'
import type { Stage } from '../model/stage.ts'
import type { Dialect } from './dialect.ts'

/*
 * Everything that knows SQL; nothing that knows Klaviyo. `plan.ts` decides purely, `render.ts` spells purely,
 * `load.ts` executes; a folder per database holds its facts (`dialect.ts`) and its connection (`driver.ts`).
 */

/** A column that is there, its type in the database's own words. */
export type ActualColumn = Readonly<{ name: string; type: string }>

/** What is there: columns in order, and the names of indexes. Null: no such table. */
export type Shape = Readonly<{ columns: readonly ActualColumn[]; indexes: readonly string[] }> | null

/** SQL with values bound as `$1`, `$2`, …, never spliced in. */
export type Statement = Readonly<{ sql: string; values: readonly SqlValue[] }>
export type SqlValue = string | number | bigint | boolean | null
export type SqlRow = Readonly<Record<string, SqlValue>>

/** Inside one transaction. */
export interface Transaction {
  /** Rows of a query; empty for everything else. 64-bit integers are bigint, timestamps ISO text. */
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
   * Runs `work` in one transaction. Where a stage is given it can be read in there under `staged`, a quoted
   * table name. Rolls back, and leaves the destination as it was, when `work` or the commit fails or the signal
   * aborts before the commit. The engine must not be used for anything else meanwhile.
   */
  transaction<T>(
    stage: Stage | null,
    work: (tx: Transaction, staged: string) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T>
}

/** How a destination is opened: from its URI as the user gave it, with the engine that will hand it stages. */
export type Open = (uri: string, engine: Engine) => Promise<Destination>
