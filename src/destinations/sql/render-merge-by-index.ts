import type { Statement } from './database.ts'
import type { RowsPlan } from './load-plan.ts'
import { lateCounts } from './render-counts.ts'
import type { RenderContext } from './sql.ts'
import { Columns, Values } from './sql.ts'

/** One statement, by the unique index on the key; `xmax` is 0 in a row that was inserted. */
export function renderMergeByIndex(
  rows: RowsPlan,
  { dialect, table, staged }: RenderContext,
): readonly Statement[] {
  const columns = new Columns(dialect)
  const values = new Values(dialect)
  const { cursor } = rows
  const updated = rows.columns.filter((column) => !rows.key.includes(column)).map((c) => columns.target(c))
  const assignments = [
    ...updated.map((name) => `${name} = excluded.${name}`),
    // A row is replaced as a whole: what this version does not have is not kept from the last one.
    ...rows.unstaged.map((name) => `${dialect.quote(name)} = default`),
  ]
  const compared = rows.compared.map((column) => columns.target(column))
  const differ = compared.map((name) => `t.${name} is distinct from excluded.${name}`)
  const newer =
    cursor === null
      ? ''
      : `\n    and coalesce(t.${columns.target(cursor)} <= excluded.${columns.target(cursor)}, true)`
  const moment = cursor === null ? '' : `, t.${columns.target(cursor)} as moment`
  return [
    values.statement(`with merged as (
  insert into ${table} as t (${columns.list(rows.columns)})
  select ${columns.stagedList(rows.columns)}
  from ${staged} as s
  on conflict (${columns.list(rows.key)}) do update
  set ${assignments.join(', ')}
  where (${differ.length === 0 ? 'false' : differ.join(' or ')})${newer}
  returning t.xmax = 0 as fresh${moment}
)
select
  count(*) filter (where fresh) as inserted,
  count(*) filter (where not fresh) as changed${lateCounts(rows, { moment: 'moment', touched: null }, { dialect, values })}
from merged`),
  ]
}
