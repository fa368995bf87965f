import type { Statement } from './database.ts'
import type { RowsPlan } from './load-plan.ts'
import type { RenderContext } from './sql.ts'
import { Columns, Values, within } from './sql.ts'

/** What a load will do to the target, before it is done: `verdict` pairs staged rows with known ones. */
export function countsOfVerdict(rows: RowsPlan, verdict: string, context: RenderContext): Statement {
  const values = new Values()
  const moment = staged(rows, context)
  return values.statement(`select
  count(*) filter (where v.changes is null) as inserted,
  count(*) filter (where v.changes) as changed${lateCounts(rows, moment, 'coalesce(v.changes, true)', values)}
from ${context.staged} as s
left join (
  select staged_row, bool_and(differs and not newer) as changes from ${verdict} group by staged_row
) as v on v.staged_row = s.${context.dialect.rowId}`)
}

/** The same where staged rows can only be added: those in `fresh`; null: all. */
export function countsOfAdded(rows: RowsPlan, fresh: string | null, context: RenderContext): Statement {
  const values = new Values()
  const added =
    fresh === null ? '' : `\nwhere s.${context.dialect.rowId} in (select staged_row from ${fresh})`
  return values.statement(`select
  count(*) as inserted${lateCounts(rows, staged(rows, context), null, values)}
from ${context.staged} as s${added}`)
}

/**
 * Of the rows touched (null: all), those in windows that were covered before: how many, and the earliest moment.
 * Empty when nothing was read again.
 */
export function lateCounts(
  rows: RowsPlan,
  moment: string | null,
  touched: string | null,
  values: Values,
): string {
  if (moment === null || rows.reread.length === 0) return ''
  const late = (): string =>
    `${touched === null ? '' : `${touched} and `}${within(moment, rows.reread, values)}`
  return `,
  count(*) filter (where ${late()}) as late,
  extract(epoch from min(${moment}) filter (where ${late()})) as earliest`
}

const staged = ({ cursor }: RowsPlan, { dialect }: RenderContext): string | null =>
  cursor === null ? null : new Columns(dialect).staged(cursor)
