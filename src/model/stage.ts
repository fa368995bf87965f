import type { Altered } from './run-event.ts'
import type { ColumnType } from './table.ts'

/** A column as it will be written: the declared ones, those found in the data, and sluice's own. */
export type StageColumn = Readonly<{ name: string; type: ColumnType }>

/**
 * A batch of typed rows, newest per key, waiting in the engine as a DuckDB relation. Every stage has the
 * columns `_sluice_account` and `_sluice_synced_at` at its end.
 */
export type Stage = Readonly<{
  /** Name of a temporary table in the engine's connection; not quoted. */
  relation: string
  columns: readonly StageColumn[]
  rows: number
  /** What could not be typed as it was sent, by kind and column; `nul` is altered only where the database needs it. */
  altered: readonly Altered[]
  /** How many attributes came beyond the limit on new columns, and are together in `_sluice_more`. */
  together: number
}>
