import type { LandedFile } from '../model/landed.ts'
import type { Stage } from '../model/stage.ts'
import type { Column, Cursor } from '../model/table.ts'
import type { Window } from '../model/time.ts'

/** What turns landed pages into a stage. */
export type StageRequest = Readonly<{
  files: readonly LandedFile[]
  /** Declared columns, already flattened if the user asked for that. */
  columns: readonly Column[]
  key: readonly string[]
  /** Newest per key = greatest cursor, then latest received page. Null: latest received page. */
  cursor: Pick<Cursor, 'field'> | null
  /** Only rows whose cursor lies in one of these half-open windows are kept; null keeps all. `to: null` = no end. */
  keep: readonly Readonly<{ from: Window['from']; to: Window['to'] | null }>[] | null
  account: string
  /** Milliseconds since 1970; becomes `_sluice_synced_at`. */
  syncedAtMs: number
}>

export type Value = string | number | bigint | boolean | null

/**
 * An in-process DuckDB that types landed pages in sets. One connection; calls run one after another.
 * A destination that is DuckDB itself attaches its file here (`run`), others take a stage out with `copy`.
 */
export interface Engine extends AsyncDisposable {
  /** Reads pages into a temporary table. Drop it with `drop` when it is loaded. */
  stage(request: StageRequest): Promise<Stage>
  drop(stage: Stage): Promise<void>
  run(sql: string, values?: readonly Value[]): Promise<void>
  /** Rows as arrays of values in column order; timestamps as ISO text, 64-bit integers as bigint. */
  query(sql: string, values?: readonly Value[]): Promise<readonly (readonly Value[])[]>
  /** Writes a stage to a file in the format named. */
  copy(stage: Stage, file: string, format: 'csv' | 'parquet'): Promise<void>
}
