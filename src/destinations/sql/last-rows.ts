import { ACCOUNT_COLUMN } from '../../model/names.ts'
import type { EpochSeconds } from '../../model/time.ts'
import type { OpenWindow } from '../target.ts'
import type { Scope } from './coverage-sql.ts'
import type { ActualColumn, Database } from './database.ts'
import { Values } from './sql.ts'

/** More windows than this are not worth a look each. */
const MOST_WINDOWS = 256

/**
 * The second of the account's last row in each window, null where there is none: one look before a run, so that its
 * loads need not search the whole table for rows that cannot be there. `to: null` = no end.
 * @returns null where nothing was looked up: an index finds keys anyway, or the table was not made by sluice.
 */
export async function lastRows(
  database: Database,
  { account, target }: Pick<Scope, 'account' | 'target'>,
  cursorColumn: string,
  windows: readonly OpenWindow[],
): Promise<readonly (EpochSeconds | null)[] | null> {
  const { dialect } = database
  if (dialect.lookup === 'index' || windows.length > MOST_WINDOWS) return null
  const shape = await database.describe(target)
  if (shape === null) return windows.map(() => null)
  const find = (wanted: string): ActualColumn | undefined =>
    shape.columns.find(({ name }) => name.toLowerCase() === wanted.toLowerCase())
  const [column, accountColumn] = [find(cursorColumn), find(ACCOUNT_COLUMN)]
  if (column?.type !== dialect.types.timestamp || accountColumn === undefined) return null
  const values = new Values(dialect)
  const cursor = dialect.quote(column.name)
  const lasts = windows.map(({ from, to }, index) => {
    const until = to === null ? '' : ` and ${cursor} < ${values.instant(to * 1000)}`
    const inside = `${cursor} >= ${values.instant(from * 1000)}${until}`
    return `${dialect.epoch(dialect.aggregate('max', cursor, inside))} as last_${index}`
  })
  const ofAccount = `${dialect.quote(accountColumn.name)} = ${values.bind(account)}`
  const [row] = await database.query(
    values.statement(`select ${lasts.join(',\n  ')}\nfrom ${dialect.table(target)}\nwhere ${ofAccount}`),
  )
  return windows.map((_, index) => {
    const last = row?.[`last_${index}`] ?? null
    return last === null ? null : Math.floor(Number(last))
  })
}
