import { ACCOUNT_COLUMN, DELETED_AT_COLUMN, SYNCED_AT_COLUMN } from '../model/names.ts'
import type { TableName } from '../model/names.ts'
import type { StageColumn } from '../model/stage.ts'
import type { ColumnType } from '../model/table.ts'
import type { Window } from '../model/time.ts'
import { matchColumns } from './columns.ts'
import type { Shape } from './destination.ts'
import type { Dialect } from './dialect.ts'

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
  /** What was covered before and is read again: rows found in there are late ones. */
  reread: readonly Window[]
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
  | Readonly<{ kind: 'mark missing'; rows: RowsPlan; deletedAt: PlannedColumn }>
  | Readonly<{ kind: 'renew'; rows: RowsPlan }>

/** All steps happen in one transaction, coverage included. */
export type LoadPlan = Readonly<{ target: TableName; steps: readonly Step[] }>

/**
 * What has to be done so that the target holds the stage.
 * @throws SluiceError (destination) when an existing column cannot take the values.
 */
export function planLoad(request: PlanRequest, dialect: Dialect): LoadPlan {
  const { target, actual, mode } = request
  const columns = matchColumns({ ...request, columns: wantedColumns(request) }, dialect)
  const find = (name: string): PlannedColumn => {
    const column = columns.find((candidate) => candidate.staged === name)
    if (column === undefined) throw new TypeError(`the stage has no column "${name}"`)
    return column
  }
  const key = request.key.map(find)
  const syncedAt = find(SYNCED_AT_COLUMN)
  const cursor = request.cursorColumn === null ? null : find(request.cursorColumn)
  const compared = columns.filter((column) => column !== syncedAt && !key.includes(column))
  const { cursorFixed, reread, runStartedAtMs } = request
  const account = { column: find(ACCOUNT_COLUMN), value: request.account }
  const unstaged = (actual?.columns ?? [])
    .map(({ name }) => name)
    .filter((name) => !columns.some((column) => column.name === name))
  const rows = {
    account,
    columns,
    unstaged,
    key,
    compared,
    cursor,
    cursorFixed,
    syncedAt,
    reread,
    runStartedAtMs,
  }
  return {
    target,
    steps: [
      ...shapeSteps(target, actual, columns, dialect),
      ...indexSteps(request, key, dialect),
      ...rowSteps(),
    ],
  }

  function rowSteps(): readonly Step[] {
    switch (mode) {
      case 'merge':
        return [{ kind: 'merge', rows }]
      case 'append':
        return [{ kind: 'append', rows, identity: cursor === null ? compared : [cursor] }]
      case 'delete+insert':
        return [{ kind: 'delete+insert', rows, windows: request.windows }]
      case 'snapshot':
        return [
          { kind: 'merge', rows },
          { kind: 'mark missing', rows, deletedAt: deletedAtOf(columns) },
        ]
      case 'renew':
        return [{ kind: 'renew', rows }]
      default:
        return mode satisfies never
    }
  }
}

/** Name of the index that finds rows by key; a unique one cannot hold the versions that `append` keeps. */
export const keyIndexName = (target: TableName, unique: boolean): string =>
  `${target.name}${unique ? '__sluice_key' : '__sluice_versions'}`

const wantedColumns = ({ columns, mode, cursorColumn }: PlanRequest): readonly StageColumn[] =>
  mode === 'snapshot' || (mode === 'renew' && cursorColumn === null)
    ? [...columns, { name: DELETED_AT_COLUMN, type: 'timestamp' }]
    : columns

const deletedAtOf = (columns: readonly PlannedColumn[]): PlannedColumn => {
  const column = columns.at(-1)
  if (column === undefined) throw new TypeError('a plan without columns')
  return column
}

function shapeSteps(
  target: TableName,
  actual: Shape,
  columns: readonly PlannedColumn[],
  dialect: Dialect,
): readonly Step[] {
  if (actual !== null) {
    return columns
      .filter((column) => column.actual === null)
      .map((column) => ({ kind: 'add column', column }))
  }
  const schema = target.schema ?? dialect.defaultSchema
  return [
    ...(schema === dialect.defaultSchema ? [] : [{ kind: 'create schema', schema } as const]),
    { kind: 'create table', columns },
  ]
}

function indexSteps(
  { target, actual, mode, keepsVersions }: PlanRequest,
  key: readonly PlannedColumn[],
  dialect: Dialect,
): readonly Step[] {
  if (dialect.lookup !== 'index') return []
  const unique = !(keepsVersions ?? mode === 'append')
  const has = (name: string): boolean => actual?.indexes.includes(dialect.identifier(name)) ?? false
  const wanted = keyIndexName(target, unique)
  const other = keyIndexName(target, !unique)
  return [
    ...(has(other) ? [{ kind: 'drop index', schema: target.schema, name: other } as const] : []),
    ...(has(wanted) ? [] : [{ kind: 'create index', name: wanted, unique, key } as const]),
  ]
}
