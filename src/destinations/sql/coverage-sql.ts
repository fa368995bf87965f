import type { Coverage, PassCovered } from '../../model/coverage.ts'
import type { TableName } from '../../model/names.ts'
import type { SqlRow, Statement } from './database.ts'
import type { Dialect } from './dialect.ts'
import { Values } from './sql.ts'
import { COVERAGE, tableOf } from './store/tables.ts'
import { formatTableName } from '../../model/table-name.ts'

/** Whose coverage, of which table, in which target. */
export type Scope = Readonly<{ account: string; sourceTable: string; target: TableName }>

export function insertCoverage(dialect: Dialect, scope: Scope, rows: readonly PassCovered[]): Statement {
  const values = new Values(dialect)
  const account = scopeValues(scope, dialect, values)
  const tuples = rows.map(
    ({ pass, window: { from, to, readAt } }) =>
      `(${account}, ${values.bind(pass)}, ${[from, to, readAt].map((at) => values.instant(at * 1000)).join(', ')})`,
  )
  return values.statement(`insert into ${tableOf(dialect, COVERAGE)}
  (account, source_table, target, pass, from_at, to_at, read_at)
values
  ${tuples.join(',\n  ')}`)
}

export function selectCoverage(dialect: Dialect, scope: Scope): Statement {
  const values = new Values(dialect)
  return values.statement(`select pass,
  ${dialect.epoch('from_at')} as from_at,
  ${dialect.epoch('to_at')} as to_at,
  ${dialect.epoch('read_at')} as read_at
from ${tableOf(dialect, COVERAGE)}
where ${inScope(scope, dialect, values)}
order by pass, from_at`)
}

export function deleteScope(dialect: Dialect, name: string, scope: Scope): Statement {
  const values = new Values(dialect)
  return values.statement(`delete from ${tableOf(dialect, name)}\nwhere ${inScope(scope, dialect, values)}`)
}

export const inScope = ({ account, sourceTable, target }: Scope, dialect: Dialect, values: Values): string =>
  [
    `account = ${values.bind(account)}`,
    `source_table = ${values.bind(sourceTable)}`,
    `target = ${values.bind(targetText(target, dialect))}`,
  ].join(' and ')

export const scopeValues = (
  { account, sourceTable, target }: Scope,
  dialect: Dialect,
  values: Values,
): string => [account, sourceTable, targetText(target, dialect)].map((text) => values.bind(text)).join(', ')

/** `schema.table` in one spelling, so that two spellings of one table share their coverage. */
export function targetText({ schema, name }: TableName, dialect: Dialect): string {
  const text = formatTableName({
    schema: dialect.identifier(schema ?? dialect.defaultSchema),
    name: dialect.identifier(name),
  })
  return dialect.caseSensitive ? text : text.toLowerCase()
}

export const coverageOf = (rows: readonly SqlRow[]): ReadonlyMap<string, Coverage> =>
  rows.reduce((passes, row) => {
    const window = { from: Number(row['from_at']), to: Number(row['to_at']), readAt: Number(row['read_at']) }
    const pass = String(row['pass'])
    return passes.set(pass, [...(passes.get(pass) ?? []), window])
  }, new Map<string, Coverage>())
