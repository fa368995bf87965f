import type { CarriedOver } from '../../target.ts'
import type { Database, Transaction } from '../database.ts'
import { lockTable } from '../lock-table.ts'
import { plain } from '../sql.ts'
import { storeVersion } from './ensure.ts'
import { fromVersion1 } from './from-version-1.ts'
import { META, storeTable, tableOf } from './tables.ts'

/**
 * The way from the version before to this one. Killed in the middle, all of it is taken back; where a database commits
 * its DDL by itself, a step that has been done is passed over the next time.
 */
export type Migration = Readonly<{ to: number; run: (database: Database, tx: Transaction) => Promise<void> }>

/** In order. A migration that has been released is never changed again. */
export const MIGRATIONS: readonly Migration[] = [{ to: 2, run: fromVersion1 }]

/**
 * Carries what an older version has written over to this one's form, in one transaction. Makes nothing where nothing is.
 * @returns null where there was nothing to do
 * @throws SluiceError `newer-destination`
 */
export async function migrate(database: Database, signal: AbortSignal): Promise<CarriedOver | null> {
  const before = await storeVersion(database)
  if (before === null || !MIGRATIONS.some(({ to }) => to > before)) return null
  return database.transaction(async (tx) => {
    await lockTable(tx, database.dialect, storeTable(META))
    // Somebody else may have done it while this run waited for the lock.
    const from = (await storeVersion(database)) ?? before
    const due = MIGRATIONS.filter(({ to }) => to > from)
    for (const { to, run } of due) {
      await run(database, tx)
      await tx.run(plain(`update ${tableOf(database.dialect, META)}\nset store_version = ${to}`))
    }
    const last = due.at(-1)
    return last === undefined ? null : { from, to: last.to }
  }, signal)
}
