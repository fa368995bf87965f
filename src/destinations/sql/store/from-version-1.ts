import { ACCOUNT_COLUMN } from '../../../model/names.ts'
import type { TableName } from '../../../model/names.ts'
import { parseTableName } from '../../../model/table-name.ts'
import { inScope, targetText } from '../coverage-sql.ts'
import type { Scope } from '../coverage-sql.ts'
import type { Database, Shape, Statement, Transaction } from '../database.ts'
import type { Dialect } from '../dialect.ts'
import { lockTable } from '../lock-table.ts'
import { occupied } from '../occupied.ts'
import { keyIndexName } from '../plan.ts'
import { shadowOf } from '../shadow.ts'
import { plain, Values } from '../sql.ts'
import {
  ACCOUNTS,
  COVERAGE,
  createStoreTable,
  SNAPSHOTS,
  storeTable,
  tableOf,
  TARGETS,
  UNFINISHED,
} from './tables.ts'

/** All tables of version 1 had the same key. */
const KEY = ['id']

/** Where all accounts of a table gathered their rows before each had a shadow of its own. */
export const oldShadowOf = ({ schema, name }: TableName): TableName => ({
  schema,
  name: `${name}${OLD_SHADOW}`,
})
const OLD_SHADOW = '__sluice_refresh'

/**
 * `words` are the `demand`, accounts and targets have tables, and what was gathered aside is in a shadow of each
 * account's own: a refresh that was begun is finished, not begun anew.
 */
export async function fromVersion1(database: Database, tx: Transaction): Promise<void> {
  const { dialect } = database
  const unfinished = await database.describe(storeTable(UNFINISHED))
  if (unfinished?.columns.some(({ name }) => name.toLowerCase() === 'words'))
    await tx.run(plain(`alter table ${tableOf(dialect, UNFINISHED)} rename column words to demand`))
  // Version 1 made this one only when a run began.
  for (const name of [UNFINISHED, ACCOUNTS, TARGETS]) await tx.run(createStoreTable(dialect, name))
  for (const scope of await gathering(tx, dialect)) await adoptOldShadow(database, tx, scope)
}

/** Whose rows wait aside of which target, as version 1 noted it: under the name of the table they wait in. */
async function gathering(tx: Transaction, dialect: Dialect): Promise<readonly Scope[]> {
  const tables = [COVERAGE, SNAPSHOTS, UNFINISHED].map(
    (name) => `select account, source_table, target from ${tableOf(dialect, name)}`,
  )
  const rows = await tx.run(plain(tables.join('\nunion\n')))
  const scopes = rows.map((row) => ({
    account: String(row['account']),
    sourceTable: String(row['source_table']),
    text: String(row['target']),
  }))
  const names = [...new Set(scopes.map(({ text }) => text))]
    .map(parseTableName)
    // Of a table that never came to be, only its shadow is known.
    .map(({ schema, name }) => ({ schema, name: name.replace(new RegExp(`${OLD_SHADOW}$`), '') }))
  const targetOfShadow = new Map(names.map((target) => [targetText(oldShadowOf(target), dialect), target]))
  return scopes.flatMap(({ text, ...scope }) => {
    const target = targetOfShadow.get(text)
    return target === undefined ? [] : [{ ...scope, target }]
  })
}

async function adoptOldShadow(database: Database, tx: Transaction, scope: Scope): Promise<void> {
  const { dialect } = database
  const { account, target } = scope
  const old = oldShadowOf(target)
  await lockTable(tx, dialect, target)
  const { shape, others } = await occupied(database, tx, { account, target: old })
  const isDone = (await database.describe(shadowOf(target, account))) !== null
  const rows =
    shape === null || isDone
      ? []
      : [...moveRows(scope, shape, dialect), ...(others ? [] : [plain(`drop table ${dialect.table(old)}`)])]
  for (const statement of [...rows, ...[COVERAGE, UNFINISHED].map((name) => moveNotes(scope, name, dialect))])
    await tx.run(statement)
}

function moveRows(
  { account, target }: Scope,
  shape: NonNullable<Shape>,
  dialect: Dialect,
): readonly Statement[] {
  const old = oldShadowOf(target)
  const shadow = shadowOf(target, account)
  const [from, to] = [dialect.table(old), dialect.table(shadow)]
  const own = (verb: string): Statement => {
    const values = new Values(dialect)
    return values.statement(
      `${verb} ${from}\nwhere ${dialect.quote(ACCOUNT_COLUMN)} = ${values.bind(account)}`,
    )
  }
  const columns = [ACCOUNT_COLUMN, ...KEY].map((name) => dialect.quote(name)).join(', ')
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

function moveNotes(scope: Scope, name: string, dialect: Dialect): Statement {
  const values = new Values(dialect)
  const target = values.bind(targetText(shadowOf(scope.target, scope.account), dialect))
  const old = { ...scope, target: oldShadowOf(scope.target) }
  return values.statement(
    `update ${tableOf(dialect, name)}\nset target = ${target}\nwhere ${inScope(old, dialect, values)}`,
  )
}
