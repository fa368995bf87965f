import type { Statement } from './database.ts'
import type { PlannedColumn, RowsPlan } from './load-plan.ts'
import { insertStaged, ofAccount } from './render-insert.ts'
import { countsOfRenewed } from './render-renewed.ts'
import type { RenderContext } from './sql.ts'
import { Columns, Values } from './sql.ts'

/** Rows that the stage does not have are marked, once: those of the account, or of the owners in the main stage. */
export function renderMarkMissing(
  rows: RowsPlan,
  { deletedAt, owner }: Readonly<{ deletedAt: PlannedColumn; owner: PlannedColumn | null }>,
  context: RenderContext,
): readonly Statement[] {
  const { table, staged, dialect, main } = context
  const columns = new Columns(dialect)
  const owned =
    owner === null || main === undefined
      ? ''
      : `\n  and t.${columns.target(owner)} in (select m.${dialect.quote(main.key)} from ${main.stage} as m)`
  const missing = (values: Values): string => `${ofAccount(rows, context, values)}
  and t.${columns.target(deletedAt)} is null${owned}
  and not exists (select 1 from ${staged} as s where ${columns.sameKey(rows.key)})`
  const counted = new Values(dialect)
  const marked = new Values(dialect)
  return [
    counted.statement(`select count(*) as deleted\nfrom ${table} as t\nwhere ${missing(counted)}`),
    marked.statement(
      `update ${table} as t\nset ${columns.target(deletedAt)} = ${marked.instant(rows.runStartedAtMs)}\nwhere ${missing(marked)}`,
    ),
  ]
}

/** The account's rows make room for those in the stage. */
export function renderRenew(rows: RowsPlan, context: RenderContext): readonly Statement[] {
  const { table, dialect } = context
  const columns = new Columns(dialect)
  const [removed, added] = [new Values(dialect), new Values(dialect)]
  const { column, value } = rows.account
  const own = { t: `t.${columns.target(column)}`, s: columns.staged(column) }
  return [
    ...countsOfRenewed({ account: value, own, sameKey: columns.sameKey(rows.key) }, context),
    removed.statement(`${dialect.deleteFrom(table)}\nwhere ${ofAccount(rows, context, removed)}`),
    added.statement(insertStaged(rows, context, `${own.s} = ${added.bind(value)}`)),
  ]
}
