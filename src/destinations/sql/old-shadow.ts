import { ACCOUNT_COLUMN } from '../../model/names.ts'
import type { TableName } from '../../model/names.ts'
import type { TargetRequest } from '../target.ts'
import { COVERAGE, inScope, storeTable, tableOf, targetText, UNFINISHED } from './coverage-sql.ts'
import { lockTable } from './coverage-store.ts'
import type { Database, Shape, Statement } from './database.ts'
import type { Dialect } from './dialect.ts'
import { occupied } from './occupied.ts'
import { keyIndexName } from './plan.ts'
import { shadowOf } from './shadow.ts'
import { plain, Values } from './sql.ts'

/** Where all accounts of a table gathered their rows before each had a shadow of its own. */
export const oldShadowOf = ({ schema, name }: TableName): TableName => ({
  schema,
  name: `${name}__sluice_refresh`,
})

/**
 * Takes over what an older version has gathered of the account: rows, coverage and the note of the run. A refresh that
 * was begun with it is finished, not begun anew.
 */
export async function adoptOldShadow(
  database: Database,
  request: Pick<TargetRequest, 'account' | 'sourceTable' | 'table' | 'key'>,
  signal: AbortSignal,
): Promise<void> {
  const { dialect } = database
  const { account, table } = request
  const old = oldShadowOf(table)
  if ((await database.describe(old)) === null) return
  await database.transaction(async (tx) => {
    await lockTable(tx, dialect, table)
    const { shape, others } = await occupied(database, tx, { account, target: old })
    // Somebody else may have done it while this run waited for the lock.
    if (shape === null || (await database.describe(shadowOf(table, account))) !== null) return
    const notes =
      (await database.describe(storeTable(UNFINISHED))) === null ? [COVERAGE] : [COVERAGE, UNFINISHED]
    for (const statement of [
      ...moveRows(request, shape, dialect),
      ...(others ? [] : [plain(`drop table ${dialect.table(old)}`)]),
      ...notes.map((name) => moveNotes(request, name, dialect)),
    ])
      await tx.run(statement)
  }, signal)
}

function moveRows(
  { account, table, key }: Pick<TargetRequest, 'account' | 'table' | 'key'>,
  shape: NonNullable<Shape>,
  dialect: Dialect,
): readonly Statement[] {
  const old = oldShadowOf(table)
  const shadow = shadowOf(table, account)
  const [from, to] = [dialect.table(old), dialect.table(shadow)]
  const own = (verb: string): Statement => {
    const values = new Values(dialect)
    return values.statement(
      `${verb} ${from}\nwhere ${dialect.quote(ACCOUNT_COLUMN)} = ${values.bind(account)}`,
    )
  }
  const columns = [ACCOUNT_COLUMN, ...key].map((name) => dialect.quote(name)).join(', ')
  const indexes = [true, false].filter((unique) =>
    shape.indexes.includes(dialect.identifier(keyIndexName(old, unique))),
  )
  return [
    plain(`create table ${to} as\nselect * from ${from}\nlimit 0`),
    own(`insert into ${to}\nselect * from`),
    own('delete from'),
    ...indexes.map((unique) =>
      plain(
        `create ${unique ? 'unique ' : ''}index ${dialect.quote(keyIndexName(shadow, unique))} on ${to} (${columns})`,
      ),
    ),
  ]
}

function moveNotes(
  { account, sourceTable, table }: Pick<TargetRequest, 'account' | 'sourceTable' | 'table'>,
  name: string,
  dialect: Dialect,
): Statement {
  const values = new Values(dialect)
  const target = values.bind(targetText(shadowOf(table, account), dialect))
  const scope = { account, sourceTable, target: oldShadowOf(table) }
  return values.statement(
    `update ${tableOf(dialect, name)}\nset target = ${target}\nwhere ${inScope(scope, dialect, values)}`,
  )
}
