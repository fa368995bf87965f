import type { StageColumn } from '../../model/stage.ts'
import type { SqlRow } from '../sql/database.ts'
import type { LoadPlan } from '../sql/load-plan.ts'
import { countsOfRenewed } from '../sql/render-renewed.ts'
import { Columns } from '../sql/sql.ts'
import type { Opened } from './opened.ts'

/** Of the table's columns those that tell its rows apart. */
export function keyColumns(columns: readonly StageColumn[], plan: LoadPlan): readonly StageColumn[] {
  const names = rowsOfPlan(plan).key.map(({ name }) => name)
  return columns.filter(({ name }) => names.includes(name))
}

/** Brings the keys of rows to where they can be compared: DuckDB's CSV reader cannot be within a subquery. */
export async function keysOf(
  { session, dialect }: Pick<Opened, 'session' | 'dialect'>,
  name: string,
  rows: string,
): Promise<string> {
  const table = dialect.table({ schema: null, name })
  await session.run(`create or replace temp table ${table} as\n${rows}`)
  return table
}

/** What becomes of an account's rows (`table`) when others (`staged`) take the place of all of them; both are names. */
export async function countRenewed(
  { session, dialect }: Pick<Opened, 'session' | 'dialect'>,
  plan: LoadPlan,
  sides: Readonly<{ table: string; staged: string }>,
): Promise<readonly SqlRow[]> {
  const { account, key } = rowsOfPlan(plan)
  const columns = new Columns(dialect)
  const own = { t: `t.${columns.target(account.column)}`, s: columns.staged(account.column) }
  const counted: SqlRow[] = []
  const renewed = { account: account.value, own, sameKey: columns.sameKey(key) }
  for (const { sql, values } of countsOfRenewed(renewed, { dialect, ...sides })) {
    const selected = await session.select(sql, values)
    counted.push(Object.fromEntries(selected.columns.map((name, i) => [name, selected.rows[0]?.[i] ?? null])))
  }
  return counted
}

function rowsOfPlan({ steps }: LoadPlan) {
  const step = steps.find((each) => 'rows' in each)
  if (step === undefined) throw new TypeError('a plan without rows')
  return step.rows
}
