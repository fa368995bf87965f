import { SluiceError } from '../../model/errors.ts'
import { DELETED_AT_COLUMN } from '../../model/names.ts'
import type { TableName } from '../../model/names.ts'
import type { ActualColumn } from './database.ts'
import type { Dialect } from './dialect.ts'
import type { PlannedColumn, PlanRequest } from './load-plan.ts'
import { formatTableName } from '../../model/table-name.ts'

type MatchRequest = Pick<PlanRequest, 'target' | 'columns' | 'actual' | 'key' | 'cursorColumn'>

/**
 * Pairs each wanted column with the existing one of the same name, upper and lower case being the same.
 * @throws SluiceError (database) when a column cannot take the values, or the table is not one of sluice's.
 */
export function matchColumns(request: MatchRequest, dialect: Dialect): readonly PlannedColumn[] {
  const { target, columns, actual, key, cursorColumn } = request
  const missing = key.find((name) => actual !== null && !findColumn(actual.columns, dialect.identifier(name)))
  if (missing !== undefined) throw foreign(request, missing)
  return columns.map(({ name, type }) => {
    const staged = name === DELETED_AT_COLUMN ? null : name
    const isKey = key.includes(name)
    const own = isKey ? dialect.keyType(dialect.types[type], key.length) : dialect.types[type]
    const existing = actual === null ? undefined : findColumn(actual.columns, dialect.identifier(name))
    if (existing === undefined) return { name, staged, type, own, actual: null }
    // Keys and cursors are compared, and a text or a double does not compare as the real type does.
    const fits = isKey || name === cursorColumn ? existing.type === own : dialect.holds(existing.type, type)
    if (!fits) throw incompatible(formatTableName(target), existing, own)
    return { name: existing.name, staged, type, own, actual: existing.type }
  })
}

function findColumn(columns: readonly ActualColumn[], name: string): ActualColumn | undefined {
  const folded = name.toLowerCase()
  return (
    columns.find((column) => column.name === name) ??
    columns.find((column) => column.name.toLowerCase() === folded)
  )
}

const incompatible = (table: string, { name, type }: ActualColumn, wanted: string): SluiceError =>
  new SluiceError(
    'unfit-table',
    (option) =>
      `Column "${name}" of table "${table}" is ${type}, but the data needs ${wanted}. Nothing was changed: choose another ${option('destTable')}, or change or drop the column and run the same command again.`,
    { facts: { table, column: name } },
  )

const foreign = ({ target }: MatchRequest, name: string): SluiceError =>
  new SluiceError(
    'unfit-table',
    (option) =>
      `Table "${formatTableName(target)}" has no column "${name}", so it was not made by sluice and cannot be loaded row by row. Nothing was changed: choose another ${option('destTable')}, or drop the table.`,
    { facts: { table: target.name, column: name } },
  )

/** For a driver to throw when the name belongs to something else. */
export const notATable = (target: TableName): SluiceError =>
  new SluiceError(
    'unfit-table',
    (option) =>
      `"${formatTableName(target)}" is a view, not a table. Choose another ${option('destTable')}, or drop the view.`,
    { facts: { table: target.name } },
  )
