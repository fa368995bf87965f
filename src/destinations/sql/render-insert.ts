import type { Statement } from './database.ts'
import type { RowsPlan } from './load-plan.ts'
import { countsOfAdded } from './render-counts.ts'
import type { RenderContext, Values } from './sql.ts'
import { Columns, plain } from './sql.ts'

/** Staged rows, all or those of a condition, as rows of the target. */
export function insertStaged(
  rows: RowsPlan,
  { dialect, table, staged }: RenderContext,
  condition: string | null = null,
): string {
  const columns = new Columns(dialect)
  return `insert into ${table} (${columns.list(rows.columns)})
select ${columns.stagedList(rows.columns)}
from ${staged} as s${condition === null ? '' : `\nwhere ${condition}`}`
}

/** For a stage of which the target holds nothing. */
export const insertAll = (rows: RowsPlan, context: RenderContext): readonly Statement[] => [
  countsOfAdded(rows, null, context),
  plain(insertStaged(rows, context)),
]

/** Whether a row of the target belongs to the account. */
export const ofAccount = (rows: RowsPlan, { dialect }: RenderContext, values: Values): string =>
  `t.${dialect.quote(rows.account.column.name)} = ${values.bind(rows.account.value)}`

/** Whether the target's version of a row is later than the staged one. */
export function isNewer({ cursor }: RowsPlan, { dialect }: RenderContext): string {
  const columns = new Columns(dialect)
  return cursor === null
    ? 'false'
    : `coalesce(t.${columns.target(cursor)} > ${columns.staged(cursor)}, false)`
}
