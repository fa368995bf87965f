import { ACCOUNT_COLUMN } from '../../model/names.ts'
import type { HalfOpen, TargetRequest } from '../target.ts'
import type { Database } from './database.ts'
import { Values } from './sql.ts'

/** How many of the account's rows have their cursor inside the interval, and how many have not; nulls have not. */
export async function countRows(
  database: Database,
  { account, table, cursor }: Pick<TargetRequest, 'account' | 'table' | 'cursor'>,
  { from, to }: HalfOpen,
): Promise<Readonly<{ inside: number; outside: number }>> {
  const { dialect } = database
  const shape = await database.describe(table)
  const has = (wanted: string): boolean =>
    shape?.columns.some(({ name }) => name.toLowerCase() === dialect.identifier(wanted)) ?? false
  // What was not made by sluice is refused elsewhere.
  if (cursor === null || !has(ACCOUNT_COLUMN) || !has(cursor.column)) return { inside: 0, outside: 0 }
  const values = new Values(dialect)
  const at = dialect.quote(cursor.column)
  const tests = [
    `${at} is not null`,
    ...(from === null ? [] : [`${at} >= ${values.instant(from * 1000)}`]),
    ...(to === null ? [] : [`${at} < ${values.instant(to * 1000)}`]),
  ]
  const [row] = await database.query(
    values.statement(`select count(*) as held, count(case when ${tests.join(' and ')} then 1 end) as inside
from ${dialect.table(table)}
where ${dialect.quote(ACCOUNT_COLUMN)} = ${values.bind(account)}`),
  )
  const inside = Number(row?.['inside'] ?? 0)
  return { inside, outside: Number(row?.['held'] ?? 0) - inside }
}
