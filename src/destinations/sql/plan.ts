import { ACCOUNT_COLUMN, DELETED_AT_COLUMN, SYNCED_AT_COLUMN } from '../../model/names.ts'
import type { TableName } from '../../model/names.ts'
import type { StageColumn } from '../../model/stage.ts'
import { matchColumns } from './columns.ts'
import type { Shape } from './database.ts'
import type { Dialect } from './dialect.ts'
import type { LoadPlan, PlannedColumn, PlanRequest, Step } from './load-plan.ts'

/**
 * What has to be done so that the target holds the stage.
 * @throws SluiceError (database) when an existing column cannot take the values.
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
  const deletedAt = deletedAtOf(columns)
  const { cursorFixed, mayHold, reread, runStartedAtMs } = request
  const owner = request.owner === undefined || request.owner === null ? null : find(request.owner)
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
    mayHold,
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
        return owner === null
          ? [{ kind: 'merge', rows }]
          : [
              { kind: 'merge', rows },
              { kind: 'mark missing', rows, deletedAt, owner },
            ]
      case 'append':
        return [
          {
            kind: 'append',
            rows,
            identity: cursor === null ? compared.filter((c) => c !== deletedAt) : [cursor],
          },
        ]
      case 'delete+insert':
        return [{ kind: 'delete+insert', rows, windows: request.windows }]
      case 'snapshot':
        return [
          { kind: 'merge', rows },
          { kind: 'mark missing', rows, deletedAt, owner: null },
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

const wantedColumns = ({ columns }: PlanRequest): readonly StageColumn[] => [
  ...columns,
  { name: DELETED_AT_COLUMN, type: 'timestamp' },
]

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
    // In this order, as versions refuse a unique index, and what was done before it may be past undoing.
    ...(has(wanted) ? [] : [{ kind: 'create index', name: wanted, unique, key } as const]),
    ...(has(other) ? [{ kind: 'drop index', schema: target.schema, name: other } as const] : []),
  ]
}
