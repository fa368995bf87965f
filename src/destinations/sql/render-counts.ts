import type { Statement } from './database.ts'
import type { Dialect } from './dialect.ts'
import type { RowsPlan } from './load-plan.ts'
import type { RenderContext } from './sql.ts'
import { Columns, Values, within } from './sql.ts'

/** What a load will do where staged rows can only be added: those of a condition; null: all. */
export function countsOfAdded(rows: RowsPlan, condition: string | null, context: RenderContext): Statement {
  const { dialect, staged } = context
  const values = new Values(dialect)
  const late = lateCounts(rows, { moment: momentOf(rows, context), touched: null }, { dialect, values })
  return values.statement(`select
  count(*) as inserted${late}
from ${staged} as s${condition === null ? '' : `\nwhere ${condition}`}`)
}

/**
 * Of the rows touched (null: all), those in windows that were covered before: how many, and the earliest moment.
 * Empty when nothing was read again.
 */
export function lateCounts(
  rows: RowsPlan,
  { moment, touched }: Readonly<{ moment: string | null; touched: string | null }>,
  { dialect, values }: Readonly<{ dialect: Dialect; values: Values }>,
): string {
  if (moment === null || rows.reread.length === 0) return ''
  const late = (): string =>
    `${touched === null ? '' : `${touched} and `}${within(moment, rows.reread, values)}`
  return `,
  ${dialect.aggregate('count', '*', late())} as late,
  ${dialect.epoch(dialect.aggregate('min', moment, late()))} as earliest`
}

/** When a staged row says that it happened. */
export const momentOf = ({ cursor }: RowsPlan, { dialect }: RenderContext): string | null =>
  cursor === null ? null : new Columns(dialect).staged(cursor)
