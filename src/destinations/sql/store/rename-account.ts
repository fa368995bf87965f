import { ACCOUNT_COLUMN } from '../../../model/names.ts'
import type { TableName } from '../../../model/names.ts'
import { parseTableName } from '../../../model/table-name.ts'
import { joinedCoverage, loserOf, refuseOthers, refuseSameRows, refuseTwoShapes } from '../../rename-rules.ts'
import type { HeldRows } from '../../rename-rules.ts'
import type { AccountRename, RenamedTable } from '../../target.ts'
import { coverageOf, deleteScope, inScope, selectCoverage, targetText } from '../coverage-sql.ts'
import type { Scope } from '../coverage-sql.ts'
import { rewrite } from '../coverage-store.ts'
import type { Database, Transaction } from '../database.ts'
import type { Dialect } from '../dialect.ts'
import { lockTable } from '../lock-table.ts'
import { occupied } from '../occupied.ts'
import { shadowOf } from '../shadow.ts'
import { plain, Values } from '../sql.ts'
import { knownAccounts } from './accounts.ts'
import { ensureStore, storeVersion } from './ensure.ts'
import { readNoted } from './made-of.ts'
import { ACCOUNTS, COVERAGE, SCOPED, storeTable, tableOf } from './tables.ts'

/** What is remembered of one table of the account: its targets, and what only waits aside of them. */
type Kept = Readonly<{
  scopes: readonly Scope[]
  targets: readonly TableName[]
  shadows: readonly TableName[]
}>

const NOTHING: HeldRows = { from: 0, to: 0 }

/**
 * Gives an account another name: in the rows of every table that is known to hold some, and in all that is remembered,
 * in one transaction. Where the new name has rows already the two become one, unless they have rows of the same key.
 * What was gathered aside and not finished is thrown away.
 * @returns the rows of each table that carry the new name, or would
 * @throws SluiceError `usage`: `unknown-account`, `unmergeable-accounts`
 */
export async function renameAccount(
  database: Database,
  rename: AccountRename,
  signal: AbortSignal,
): Promise<readonly RenamedTable[]> {
  if ((await storeVersion(database)) === null) refuseOthers(rename, [], database.label)
  return database.transaction(async (tx) => {
    await ensureStore(database, tx)
    await lockTable(tx, database.dialect, storeTable(ACCOUNTS))
    refuseOthers(rename, await knownAccounts(database), database.label)
    const kept = await keptOf(database, tx, rename.from)
    for (const table of [...kept.targets, ...kept.shadows]) await lockTable(tx, database.dialect, table)
    const held = new Map<string, HeldRows>()
    for (const target of kept.targets)
      held.set(targetText(target, database.dialect), await look(database, tx, rename, target))
    const heldOf = ({ target }: Scope): HeldRows => held.get(targetText(target, database.dialect)) ?? NOTHING
    for (const scope of kept.scopes) {
      const other = { ...scope, account: rename.to }
      const shapes = [await readNoted(database, scope), await readNoted(database, other)] as const
      refuseTwoShapes(rename, scope.target, heldOf(scope), shapes)
    }
    if (rename.apply) {
      for (const target of kept.targets) await renameRows(database, tx, rename, target)
      for (const shadow of kept.shadows) await forgetShadow(database, tx, rename.from, shadow)
      for (const scope of kept.scopes) await renameNotes(database, tx, rename, scope, heldOf(scope))
      await renameIdentities(database, tx, rename)
      // Last, as it commits where a change of shape does: by then all else is done.
      for (const shadow of kept.shadows)
        if ((await database.describe(shadow)) !== null)
          await tx.run(plain(`drop table ${database.dialect.table(shadow)}`))
    }
    return kept.targets.map((table) => ({
      table,
      rows: heldOf({ account: '', sourceTable: '', target: table }).from,
    }))
  }, signal)
}

async function keptOf(database: Database, tx: Transaction, account: string): Promise<Kept> {
  const { dialect } = database
  const values = new Values(dialect)
  const name = values.bind(account)
  const rows = await tx.run(
    values.statement(
      `${SCOPED.map((table) => `select source_table, target from ${tableOf(dialect, table)} where account = ${name}`).join('\nunion\n')}\norder by target, source_table`,
    ),
  )
  const scopes = rows.map((row) => ({
    account,
    sourceTable: String(row['source_table']),
    target: parseTableName(String(row['target'])),
  }))
  const tables = new Map(scopes.map(({ target }) => [targetText(target, dialect), target]))
  const shadowTexts = new Set(
    [...tables.values()].map((each) => targetText(shadowOf(each, account), dialect)),
  )
  // Of a table that never came to be, only its shadow is known.
  const isShadow = (table: TableName): boolean =>
    shadowTexts.has(targetText(table, dialect)) || /__sluice_aside_[0-9a-f]{10}$/.test(table.name)
  const all = [...tables.values()]
  return {
    scopes: scopes.filter(({ target }) => !isShadow(target)),
    targets: all.filter((table) => !isShadow(table)),
    // One that waits beside a table with rows is noted under its own name, if at all.
    shadows: [
      ...all.filter(isShadow),
      ...all.filter((table) => !isShadow(table)).map((table) => shadowOf(table, account)),
    ],
  }
}

/** How many rows there are to rename, and whether they can be. */
async function look(
  database: Database,
  tx: Transaction,
  rename: AccountRename,
  table: TableName,
): Promise<HeldRows> {
  const { dialect } = database
  const shape = await database.describe(table)
  const has = (name: string): boolean =>
    shape?.columns.some((column) => column.name.toLowerCase() === dialect.identifier(name)) ?? false
  if (!has(ACCOUNT_COLUMN)) return NOTHING
  const values = new Values(dialect)
  const column = dialect.quote(ACCOUNT_COLUMN)
  const [from, to] = [values.bind(rename.from), values.bind(rename.to)]
  // All tables of Klaviyo's have this key; of one that has not, any row of both is one too many.
  const sameKey = has('id') ? `\n    and b.${dialect.quote('id')} = a.${dialect.quote('id')}` : ''
  const [row] = await tx.run(
    values.statement(`select
  (select count(*) from ${dialect.table(table)} as c where c.${column} = ${to}) as others,
  count(*) as renamed,
  count(case when exists (
    select 1 from ${dialect.table(table)} as b
    where b.${column} = ${to}${sameKey}
  ) then 1 end) as twice
from ${dialect.table(table)} as a
where a.${column} = ${from}`),
  )
  refuseSameRows(rename, table, Number(row?.['twice'] ?? 0))
  return { from: Number(row?.['renamed'] ?? 0), to: Number(row?.['others'] ?? 0) }
}

async function renameRows(
  database: Database,
  tx: Transaction,
  { from, to }: AccountRename,
  table: TableName,
): Promise<void> {
  const { dialect } = database
  const { shape } = await occupied(database, tx, { account: from, target: table })
  if (!shape?.columns.some(({ name }) => name.toLowerCase() === dialect.identifier(ACCOUNT_COLUMN))) return
  const values = new Values(dialect)
  const column = dialect.quote(ACCOUNT_COLUMN)
  await tx.run(
    values.statement(
      `update ${dialect.table(table)}\nset ${column} = ${values.bind(to)}\nwhere ${column} = ${values.bind(from)}`,
    ),
  )
}

async function forgetShadow(
  database: Database,
  tx: Transaction,
  account: string,
  shadow: TableName,
): Promise<void> {
  const { dialect } = database
  const values = new Values(dialect)
  const [name, target] = [values.bind(account), values.bind(targetText(shadow, dialect))]
  for (const table of SCOPED)
    await tx.run(
      values.statement(
        `delete from ${tableOf(dialect, table)}\nwhere account = ${name} and target = ${target}`,
      ),
    )
}

/** What is remembered of one target goes to the new name; where both have something to remember, it is true together. */
async function renameNotes(
  database: Database,
  tx: Transaction,
  rename: AccountRename,
  scope: Scope,
  held: HeldRows,
): Promise<void> {
  const { dialect } = database
  const other = { ...scope, account: rename.to }
  const isMerge = (await countNotes(tx, dialect, other)) > 0
  const loser = isMerge ? loserOf(held) : null
  if (loser !== null)
    for (const name of SCOPED) await tx.run(deleteScope(dialect, name, loser === 'from' ? scope : other))
  const moved = coverageOf(await tx.run(selectCoverage(dialect, scope)))
  await tx.run(deleteScope(dialect, COVERAGE, scope))
  await rewrite(tx, dialect, other, (coverage, pass) => joinedCoverage(moved.get(pass) ?? [], coverage), [
    ...moved.keys(),
  ])
  for (const name of SCOPED.filter((each) => each !== COVERAGE)) {
    // Of two snapshots or unfinished runs that of the name that stays is as good.
    if ((await countNotes(tx, dialect, other, [name])) > 0) await tx.run(deleteScope(dialect, name, scope))
    const values = new Values(dialect)
    const account = values.bind(rename.to)
    await tx.run(
      values.statement(
        `update ${tableOf(dialect, name)}\nset account = ${account}\nwhere ${inScope(scope, dialect, values)}`,
      ),
    )
  }
}

async function countNotes(
  tx: Transaction,
  dialect: Dialect,
  scope: Scope,
  names: readonly string[] = SCOPED,
): Promise<number> {
  let held = 0
  for (const name of names) {
    const values = new Values(dialect)
    const [row] = await tx.run(
      values.statement(
        `select count(*) as held from ${tableOf(dialect, name)}\nwhere ${inScope(scope, dialect, values)}`,
      ),
    )
    held += Number(row?.['held'] ?? 0)
  }
  return held
}

async function renameIdentities(
  database: Database,
  tx: Transaction,
  { from, to }: AccountRename,
): Promise<void> {
  const { dialect } = database
  const table = tableOf(dialect, ACCOUNTS)
  const values = new Values(dialect)
  const [old, name] = [values.bind(from), values.bind(to)]
  // A key that both were read with is noted once.
  const both = (await knownAccounts(database)).find((each) => each.name === to)?.identities ?? []
  for (const identity of both) {
    const row = new Values(dialect)
    await tx.run(
      row.statement(
        `delete from ${table}\nwhere name = ${row.bind(from)} and identity = ${row.bind(identity)}`,
      ),
    )
  }
  await tx.run(values.statement(`update ${table}\nset name = ${name}\nwhere name = ${old}`))
}
