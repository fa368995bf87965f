import { ACCOUNT_COLUMN } from '../../model/names.ts'
import type { EpochSeconds } from '../../model/time.ts'
import type { HalfOpen, OpenWindow } from '../target.ts'
import { Values } from '../sql/sql.ts'
import { readingOf } from './apply.ts'
import { monthOf } from './layout.ts'
import type { Manifest } from './manifest.ts'
import { isWithin } from './months.ts'
import type { Opened } from './opened.ts'
import { rowsOf } from './rows-sql.ts'
import type { TableFolder } from './table-folder.ts'

/** More windows than this are not worth a look each. */
const MOST_WINDOWS = 256

/** How many of the account's rows have their cursor inside the interval, and how many have not; nulls have not. */
export async function countRows(
  opened: Opened,
  table: TableFolder,
  manifest: Manifest,
  { account, cursor, inside: { from, to } }: Readonly<{ account: string; cursor: string; inside: HalfOpen }>,
): Promise<Readonly<{ inside: number; outside: number }>> {
  const own = manifest.files.filter((file) => file.account === account)
  const held = own.reduce((sum, { rows }) => sum + rows, 0)
  const column = manifest.columns.find(({ name }) => name.toLowerCase() === cursor.toLowerCase())
  if (column === undefined) return { inside: 0, outside: held }
  const values = new Values(opened.dialect)
  const at = opened.dialect.quote(column.name)
  const tests = [
    `${at} is not null`,
    ...(from === null ? [] : [`${at} >= ${values.instant(from * 1000)}`]),
    ...(to === null ? [] : [`${at} < ${values.instant(to * 1000)}`]),
  ]
  const rows = rowsOf(await table.present(own), [column], readingOf(opened, table, manifest))
  const { sql, values: bound } = values.statement(
    `select count(*) from (\n${rows}\n) where ${tests.join(' and ')}`,
  )
  const [[count] = []] = await opened.session.query(sql, bound)
  return { inside: Number(count), outside: held - Number(count) }
}

/** The second of the account's last row in each window; null as a whole: the column is no time, or there are too many. */
export async function lastRows(
  opened: Opened,
  table: TableFolder,
  manifest: Manifest,
  { account, cursor, windows }: Readonly<{ account: string; cursor: string; windows: readonly OpenWindow[] }>,
): Promise<readonly (EpochSeconds | null)[] | null> {
  if (windows.length > MOST_WINDOWS) return null
  if (manifest.columns.length === 0) return windows.map(() => null)
  const find = (wanted: string): Manifest['columns'][number] | undefined =>
    manifest.columns.find(({ name }) => name.toLowerCase() === wanted.toLowerCase())
  const column = find(cursor)
  if (column?.type !== 'timestamp' || find(ACCOUNT_COLUMN) === undefined) return null
  const months = windows.map(({ from, to }) => ({
    first: monthOf(from),
    last: to === null ? '9999-12' : monthOf(to - 1),
  }))
  const files = manifest.files.filter(
    (file) => file.account === account && (manifest.monthOf !== column.name || isWithin(file.month, months)),
  )
  const values = new Values(opened.dialect)
  const name = opened.dialect.quote(column.name)
  const lasts = windows.map(({ from, to }) => {
    const until = to === null ? '' : ` and ${name} < ${values.instant(to * 1000)}`
    const last = `max(${name}) filter (where ${name} >= ${values.instant(from * 1000)}${until})`
    return `cast(floor(extract(epoch from ${last})) as bigint)`
  })
  const rows = rowsOf(files, [column], readingOf(opened, table, manifest))
  const { sql, values: bound } = values.statement(`select ${lasts.join(',\n  ')}\nfrom (\n${rows}\n)`)
  const [row = []] = await opened.session.query(sql, bound)
  return windows.map((_, index) => {
    const last = row[index] ?? null
    return last === null ? null : Number(last)
  })
}
