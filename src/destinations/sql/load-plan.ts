import type { TableName } from '../../model/names.ts'
import type { StageColumn } from '../../model/stage.ts'
import type { ColumnType } from '../../model/table.ts'
import type { Window } from '../../model/time.ts'
import type { Shape } from './database.ts'

/**
 * How a stage becomes rows of the target.
 * `merge`: one row per key, newest wins. `append`: a row per version. `delete+insert`: the windows are emptied
 * first. `snapshot`: merge, and rows that are not in the stage are marked deleted. `renew`: the account's rows
 * are replaced by the stage.
 */
export type LoadMode = 'merge' | 'append' | 'delete+insert' | 'snapshot' | 'renew'

export type PlanRequest = Readonly<{
  target: TableName
  columns: readonly StageColumn[]
  actual: Shape
  mode: LoadMode
  account: string
  /** Whether several versions of a key may stand side by side. Default: what the mode needs. */
  keepsVersions?: boolean
  /** Names of the columns that identify a row, the account's among them. */
  key: readonly string[]
  /** The column that tells which of two versions of a row is the later one. Null: the stage always is. */
  cursorColumn: string | null
  /** Whether a row keeps its cursor value for life, so that it can only be found within the stage's own range. */
  cursorFixed: boolean
  /** `delete+insert`: what the stage holds completely. */
  windows: readonly Window[]
  /** Where in time the target may hold rows of the stage; null: anywhere. */
  mayHold: readonly Window[] | null
  /** What was covered before and is read again: rows found in there are late ones. */
  reread: readonly Window[]
  /**
   * `merge` of a set: the column that names the row of the main stage to which a row belongs. Rows of those that the
   * stage does not have are marked deleted. Default: null, none is.
   */
  owner?: string | null
  /** Milliseconds since 1970. */
  runStartedAtMs: number
}>

/** A column of the target and where its values come from. */
export type PlannedColumn = Readonly<{
  /** As the target has it. */
  name: string
  /** Name in the stage; null: the stage has none, the value is null (`_sluice_deleted_at`). */
  staged: string | null
  type: ColumnType
  /** The type that it has in a table of sluice's making. */
  own: string
  /** The type of an existing column; null: the column is made by this plan. */
  actual: string | null
}>

/** What the row steps share. */
export type RowsPlan = Readonly<{
  account: Readonly<{ column: PlannedColumn; value: string }>
  columns: readonly PlannedColumn[]
  key: readonly PlannedColumn[]
  /** What makes two versions of a row differ: everything but the key and the time of the load. */
  compared: readonly PlannedColumn[]
  cursor: PlannedColumn | null
  /** Names of columns of the target that this stage has no values for. */
  unstaged: readonly string[]
  cursorFixed: boolean
  syncedAt: PlannedColumn
  mayHold: readonly Window[] | null
  reread: readonly Window[]
  runStartedAtMs: number
}>

export type Step =
  | Readonly<{ kind: 'create schema'; schema: string }>
  | Readonly<{ kind: 'create table'; columns: readonly PlannedColumn[] }>
  | Readonly<{ kind: 'add column'; column: PlannedColumn }>
  | Readonly<{ kind: 'create index'; name: string; unique: boolean; key: readonly PlannedColumn[] }>
  | Readonly<{ kind: 'drop index'; schema: string | null; name: string }>
  | Readonly<{ kind: 'merge'; rows: RowsPlan }>
  | Readonly<{ kind: 'append'; rows: RowsPlan; identity: readonly PlannedColumn[] }>
  | Readonly<{ kind: 'delete+insert'; rows: RowsPlan; windows: readonly Window[] }>
  /** Of all rows of the account, or of those whose owner is in the main stage. */
  | Readonly<{ kind: 'mark missing'; rows: RowsPlan; deletedAt: PlannedColumn; owner: PlannedColumn | null }>
  | Readonly<{ kind: 'renew'; rows: RowsPlan }>

/** Steps that pair staged rows with those of the target. */
export type MergingStep = Extract<Step, Readonly<{ kind: 'merge' | 'append' | 'delete+insert' }>>

/** All steps happen in one transaction, coverage included; steps of the shape come before those of rows. */
export type LoadPlan = Readonly<{ target: TableName; steps: readonly Step[] }>

/** What a plan does to the table, and what it does to rows. */
export const shapePart = (plan: LoadPlan): LoadPlan => ({
  ...plan,
  steps: plan.steps.filter((step) => !('rows' in step)),
})
export const rowsPart = (plan: LoadPlan): LoadPlan => ({
  ...plan,
  steps: plan.steps.filter((step) => 'rows' in step),
})
