import type { ColumnType } from './table.ts'

/** A column as it will be written: the declared ones, those found in the data, and sluice's own. */
export type StageColumn = Readonly<{ name: string; type: ColumnType }>

/** Something that is not in a column as it came: so many rows of a batch, and the key of one of them. */
export type Altered = Readonly<{
  /**
   * `unfit`: no value of the column's type, so it is in `_sluice_unfit`; `nul`: NUL characters left out;
   * `half-character`: half of a surrogate pair, which is no character, replaced by U+FFFD.
   */
  kind: 'unfit' | 'nul' | 'half-character'
  column: string
  rows: number
  exampleKey: string
}>

/**
 * A batch of typed rows, newest per key, waiting in the engine as a DuckDB relation. Every stage has the
 * columns `_sluice_account` and `_sluice_synced_at` at its end.
 */
export type Stage = Readonly<{
  /** Name of a temporary table in the engine's connection; not quoted. */
  relation: string
  columns: readonly StageColumn[]
  rows: number
  altered: readonly Altered[]
  /** How many attributes came beyond the limit on new columns, and are together in `_sluice_more`. */
  together: number
}>
