import { identitiesOf } from '../../../model/account.ts'
import type { AccountIdentity } from '../../../model/account.ts'
import { ACCOUNT_COLUMN } from '../../../model/names.ts'
import type { TableName } from '../../../model/names.ts'
import { accountName } from '../../account-name.ts'
import type { KnownAccount } from '../../account-name.ts'
import { renamedMeanwhile } from '../../renamed-meanwhile.ts'
import type { Database, Transaction } from '../database.ts'
import { lockTable } from '../lock-table.ts'
import { plain, Values } from '../sql.ts'
import { storeVersion } from './ensure.ts'
import { ACCOUNTS, SCOPED, storeTable, tableOf } from './tables.ts'

/** The account of a target: its name there, and what it is; null: nobody has asked, as in tests of a destination. */
export type Named = Readonly<{ account: string; identity: AccountIdentity | null }>

/** Every account that sluice has written rows of, and what is known of it. A store of version 1 knows names. */
export async function knownAccounts(database: Database): Promise<readonly KnownAccount[]> {
  const { dialect } = database
  if ((await storeVersion(database)) === null) return []
  const parts: string[] = []
  for (const name of SCOPED)
    if ((await database.describe(storeTable(name))) !== null)
      parts.push(`select account as name, null as identity from ${tableOf(dialect, name)}`)
  if ((await database.describe(storeTable(ACCOUNTS))) !== null)
    parts.push(`select name, identity from ${tableOf(dialect, ACCOUNTS)}`)
  const rows = await database.query(plain(`${parts.join('\nunion\n')}\norder by name`))
  const identities = new Map<string, string[]>()
  for (const { name, identity } of rows) {
    const found = identities.get(String(name)) ?? []
    if (identity !== null && identity !== undefined) found.push(String(identity))
    identities.set(String(name), found)
  }
  return [...identities].map(([name, each]) => ({ name, identities: each }))
}

/**
 * The name of an account in a database, see `accountName`. Where nothing is remembered of it, the tables themselves are
 * looked at too: somebody may have dropped what was remembered.
 */
export async function nameOf(
  database: Database,
  asked: AccountIdentity,
  tables: readonly TableName[],
): Promise<string> {
  const known = await knownAccounts(database)
  const isKnown = known.some(({ identities }) =>
    identitiesOf(asked).some((each) => identities.includes(each)),
  )
  if (isKnown || asked.alias !== null) return accountName(asked, known, database.label)
  const unnoted = (await namesIn(database, tables)).filter((each) => !known.some(({ name }) => name === each))
  return accountName(asked, [...known, ...unnoted.map((name) => ({ name, identities: [] }))], database.label)
}

async function namesIn(database: Database, tables: readonly TableName[]): Promise<readonly string[]> {
  const { dialect } = database
  const parts: string[] = []
  for (const table of tables) {
    const shape = await database.describe(table)
    const column = dialect.identifier(ACCOUNT_COLUMN)
    if (shape?.columns.some(({ name }) => name.toLowerCase() === column))
      parts.push(`select distinct ${dialect.quote(ACCOUNT_COLUMN)} as name from ${dialect.table(table)}`)
  }
  if (parts.length === 0) return []
  const rows = await database.query(plain(`${parts.join('\nunion\n')}\norder by name`))
  return rows.flatMap(({ name }) => (name === null || name === undefined ? [] : [String(name)]))
}

/**
 * Notes what the account of a name is, in the transaction that writes its rows. Looks once more whether the name is
 * still right: another run may have begun with it, or somebody has renamed it, since this run asked.
 * @throws SluiceError `usage`, as `accountName` does
 */
export async function rememberAccount(
  database: Database,
  tx: Transaction,
  { account, identity }: Named,
): Promise<void> {
  if (identity === null) return
  const { dialect } = database
  const wanted = identitiesOf(identity)
  const values = new Values(dialect)
  const noted = await tx.run(
    values.statement(
      `select name, identity from ${tableOf(dialect, ACCOUNTS)} where identity in (${wanted.map((each) => values.bind(each)).join(', ')})`,
    ),
  )
  const isNoted = wanted.every((each) =>
    noted.some(({ name, identity: one }) => name === account && one === each),
  )
  if (isNoted && noted.every(({ name }) => name === account)) return
  await lockTable(tx, dialect, storeTable(ACCOUNTS))
  const known = await knownAccounts(database)
  const name = accountName(identity, known, database.label)
  if (name !== account) throw renamedMeanwhile(account, name, database.label)
  const before = known.find((each) => each.name === account)?.identities ?? []
  for (const each of wanted.filter((one) => !before.includes(one))) {
    const row = new Values(dialect)
    await tx.run(
      row.statement(
        `insert into ${tableOf(dialect, ACCOUNTS)} (name, identity, first_seen)\nvalues (${row.bind(account)}, ${row.bind(each)}, current_timestamp)`,
      ),
    )
  }
}
