import type { Window } from '../../model/time.ts'
import type { Statement } from './database.ts'
import type { RowIdentity } from './dialect.ts'
import type { MergingStep, RowsPlan } from './load-plan.ts'
import { countsOfAdded, lateCounts, momentOf } from './render-counts.ts'
import { insertAll, insertStaged, isNewer, ofAccount } from './render-insert.ts'
import type { RenderContext } from './sql.ts'
import { Columns, plain, Values, within } from './sql.ts'

/*
 * Loading where nothing but the key tells rows apart. What will happen is counted by a join, then it is done by
 * another one: no scratch tables, whose making would end a transaction here and there, and no statement names the
 * stage twice, which MySQL refuses of a temporary table. Nobody else loads the table meanwhile.
 */

type Upsert = Extract<RowIdentity, Readonly<{ kind: 'key' }>>['upsert']

/** The statements of a step, for a database whose rows have no hidden id. */
export function renderByKey(step: MergingStep, context: RenderContext, upsert: Upsert): readonly Statement[] {
  const { rows } = step
  switch (step.kind) {
    case 'merge':
      return [
        countsOfMerged(rows, context),
        plain(upsertStaged(rows, isChange(rows, context), context, upsert)),
      ]
    case 'append':
      return renderAppend(step, context)
    case 'delete+insert':
      return [
        countsOfMerged(rows, context),
        ...renderGone(rows, step.windows, context),
        plain(upsertStaged(rows, `not ${isNewer(rows, context)}`, context, upsert)),
      ]
    default:
      return step satisfies never
  }
}

/** Staged rows that are new, and those whose known row meets the condition. */
function upsertStaged(rows: RowsPlan, replaced: string, context: RenderContext, upsert: Upsert): string {
  const { dialect, table } = context
  const columns = new Columns(dialect)
  return upsert({
    table,
    key: rows.key.map((column) => columns.target(column)),
    columns: rows.columns.map((column) => columns.target(column)),
    // A row is replaced as a whole: what this version does not have is not kept from the last one.
    reset: rows.unstaged.map((name) => dialect.quote(name)),
    rows: `select ${columns.stagedList(rows.columns)}
${joined(rows, context)}
where ${isNew(rows, context)} or (${replaced})`,
  })
}

function countsOfMerged(rows: RowsPlan, context: RenderContext): Statement {
  const { dialect } = context
  const values = new Values(dialect)
  const [fresh, changes] = [isNew(rows, context), isChange(rows, context)]
  const touched = `(${fresh} or ${changes})`
  return values.statement(`select
  ${dialect.aggregate('count', '*', fresh)} as inserted,
  ${dialect.aggregate('count', '*', `not (${fresh}) and ${changes}`)} as changed${lateCounts(rows, { moment: momentOf(rows, context), touched }, { dialect, values })}
${joined(rows, context)}`)
}

/** Adds the versions that are not there yet. */
function renderAppend(
  { rows, identity }: Extract<MergingStep, Readonly<{ kind: 'append' }>>,
  context: RenderContext,
): readonly Statement[] {
  if (rows.mayHold?.length === 0) return insertAll(rows, context)
  const columns = new Columns(context.dialect)
  const known = identity.length === 0 ? '' : ` and ${columns.same(identity)}`
  const isUnknown = `not exists (select 1 from ${context.table} as t where ${columns.sameKey(rows.key)}${known})`
  return [countsOfAdded(rows, isUnknown, context), plain(insertStaged(rows, context, isUnknown))]
}

/** Rows in the windows that were there before this run, and have not come again. */
function renderGone(
  rows: RowsPlan,
  windows: readonly Window[],
  context: RenderContext,
): readonly Statement[] {
  const { dialect, table, staged } = context
  const columns = new Columns(dialect)
  const { cursor } = rows
  if (cursor === null) return []
  const statement = (head: string): Statement => {
    const values = new Values(dialect)
    return values.statement(`${head}
where ${ofAccount(rows, context, values)}
  and ${within(`t.${columns.target(cursor)}`, windows, values)}
  and t.${columns.target(rows.syncedAt)} < ${values.instant(rows.runStartedAtMs)}
  and not exists (select 1 from ${staged} as s where ${columns.sameKey(rows.key)})`)
  }
  return [statement(`select count(*) as deleted\nfrom ${table} as t`), statement(dialect.deleteFrom(table))]
}

/** Each staged row once, beside the row of the target that has its key, if there is one. */
const joined = ({ key }: RowsPlan, { dialect, table, staged }: RenderContext): string =>
  `from ${staged} as s\nleft join ${table} as t on ${new Columns(dialect).sameKey(key)}`

/** Whether the staged version of a known row takes its place. */
const isChange = (rows: RowsPlan, context: RenderContext): string =>
  `${new Columns(context.dialect).differ(rows.compared)} and not ${isNewer(rows, context)}`

const isNew = ({ account }: RowsPlan, { dialect }: RenderContext): string =>
  `t.${new Columns(dialect).target(account.column)} is null`
