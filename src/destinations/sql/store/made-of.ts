import { SluiceError } from '../../../model/errors.ts'
import { readMadeOf, writeMadeOf } from '../../../model/made-of.ts'
import type { MadeOf, Telltale } from '../../../model/made-of.ts'
import { ACCOUNT_COLUMN } from '../../../model/names.ts'
import { refuseChangedShape } from '../../changed-shape.ts'
import type { Found } from '../../changed-shape.ts'
import { deleteScope, inScope, scopeValues } from '../coverage-sql.ts'
import type { Scope } from '../coverage-sql.ts'
import type { Database, Transaction } from '../database.ts'
import { Values } from '../sql.ts'
import { storeTable, tableOf, TARGETS } from './tables.ts'

/** What the account's rows in a target are made of: as noted, else as they look. Null: there are none. */
export async function findMadeOf(database: Database, scope: Scope, telltale: Telltale): Promise<Found> {
  if ((await database.describe(scope.target)) === null) return null
  const noted =
    (await database.describe(storeTable(TARGETS))) === null ? null : await readNoted(database, scope)
  return noted ?? looksLike(database, scope, telltale)
}

/**
 * Notes what the rows are made of, in the transaction that writes them. `anew`: all of them are written anew.
 * @throws SluiceError `changed-shape` when another run has just loaded rows of another shape
 */
export async function noteMadeOf(
  database: Database,
  tx: Transaction,
  scope: Scope,
  { madeOf, anew }: Readonly<{ madeOf: MadeOf; anew: boolean }>,
): Promise<void> {
  const { dialect } = database
  const noted = await readNoted(database, scope)
  if (noted !== null && !anew) {
    refuseChangedShape({ table: scope.target, sourceTable: scope.sourceTable, madeOf }, noted)
    return
  }
  await tx.run(deleteScope(dialect, TARGETS, scope))
  const values = new Values(dialect)
  await tx.run(
    values.statement(`insert into ${tableOf(dialect, TARGETS)} (account, source_table, target, made_of)
values (${scopeValues(scope, dialect, values)}, ${values.bind(writeMadeOf(madeOf))})`),
  )
}

/** What is noted of the account's rows in a target; null: nothing is. */
export async function readNoted(database: Database, scope: Scope): Promise<MadeOf | null> {
  const { dialect } = database
  const values = new Values(dialect)
  const [row] = await database.query(
    values.statement(
      `select made_of from ${tableOf(dialect, TARGETS)}\nwhere ${inScope(scope, dialect, values)}`,
    ),
  )
  if (row === undefined) return null
  const madeOf = readMadeOf(String(row['made_of']))
  if (madeOf !== null) return madeOf
  throw new SluiceError(
    'newer-destination',
    `What table "${scope.target.name}" of "${database.label}" is made of was chosen with a newer version of sluice. Update sluice and run the same command again.`,
  )
}

/** Version 1 noted nothing: the columns that are there tell, and where there are those of both, which of them are filled. */
async function looksLike(database: Database, { account, target }: Scope, telltale: Telltale): Promise<Found> {
  const { dialect } = database
  const shape = await database.describe(target)
  const there = (names: readonly string[]): readonly string[] =>
    names
      .map((name) => dialect.identifier(name))
      .filter((name) => shape?.columns.some((column) => column.name.toLowerCase() === name.toLowerCase()))
  const [nested, flat] = [there(telltale.nested), there(telltale.flat)]
  const hasAccount = there([ACCOUNT_COLUMN]).length > 0
  if (!hasAccount || nested.length + flat.length === 0) return null
  const filled = (names: readonly string[]): string =>
    names.length === 0
      ? '0'
      : `count(case when ${names.map((name) => `${dialect.quote(name)} is not null`).join(' or ')} then 1 end)`
  const values = new Values(dialect)
  const [row] = await database.query(
    values.statement(
      `select count(*) as held, ${filled(nested)} as nested, ${filled(flat)} as flat
from ${dialect.table(target)}
where ${dialect.quote(ACCOUNT_COLUMN)} = ${values.bind(account)}`,
    ),
  )
  const count = (name: string): number => Number(row?.[name] ?? 0)
  if (count('held') === 0) return null
  if (count('nested') > 0 && count('flat') > 0) return 'mixed'
  if (count('nested') > 0 || flat.length === 0) return { flatten: false }
  if (count('flat') > 0 || nested.length === 0) return { flatten: true }
  return null
}
