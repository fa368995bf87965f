import type { HalfOpen, TargetRequest } from '../target.ts'
import { Values } from '../sql/sql.ts'
import { readingOf } from './apply.ts'
import type { Manifest } from './manifest.ts'
import type { Opened } from './opened.ts'
import { rowsOf } from './rows-sql.ts'
import type { TableFolder } from './table-folder.ts'

/** How many of the account's rows have their cursor inside the interval, and how many have not; nulls have not. */
export async function countRows(
  opened: Opened,
  table: TableFolder,
  manifest: Manifest,
  {
    account,
    cursor,
    inside: { from, to },
  }: Pick<TargetRequest, 'account' | 'cursor'> & Readonly<{ inside: HalfOpen }>,
): Promise<Readonly<{ inside: number; outside: number }>> {
  const files = manifest.files.filter((file) => file.account === account && file.rows > 0)
  const column = manifest.columns.find(({ name }) => name.toLowerCase() === cursor?.column.toLowerCase())
  const held = files.reduce((sum, { rows }) => sum + rows, 0)
  if (column?.type !== 'timestamp' || held === 0) return { inside: 0, outside: held }
  const values = new Values(opened.dialect)
  const at = opened.dialect.quote(column.name)
  const tests = [
    `${at} is not null`,
    ...(from === null ? [] : [`${at} >= ${values.instant(from * 1000)}`]),
    ...(to === null ? [] : [`${at} < ${values.instant(to * 1000)}`]),
  ]
  const { sql, values: bound } = values.statement(
    `select count(*) from (\n${rowsOf(files, [column], readingOf(opened, table, manifest))}\n) where ${tests.join(' and ')}`,
  )
  const [[counted] = []] = await opened.session.query(sql, bound)
  return { inside: Number(counted), outside: held - Number(counted) }
}
