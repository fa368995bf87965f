import { SluiceError } from '../../../model/errors.ts'
import type { Database, Transaction } from '../database.ts'
import { lockTable } from '../lock-table.ts'
import { plain } from '../sql.ts'
import { createStore, META, STORE_VERSION, storeTable, tableOf } from './tables.ts'

/**
 * The version of sluice's own tables; null: there are none, or they were never finished.
 * @throws SluiceError `newer-destination` for one that is not known here
 */
export async function storeVersion(database: Database): Promise<number | null> {
  if ((await database.describe(storeTable(META))) === null) return null
  const [row] = await database.query(
    plain(`select max(store_version) as version from ${tableOf(database.dialect, META)}`),
  )
  const version = row?.['version'] ?? null
  if (version === null) return null
  if (Number(version) <= STORE_VERSION) return Number(version)
  throw new SluiceError(
    'newer-destination',
    `"${database.label}" was written by a newer version of sluice. Update sluice and run the same command again.`,
  )
}

/**
 * Makes sluice's own tables, unless they are there. Comes first in every transaction that writes: what a newer sluice
 * has carried over since the run began is left alone, and who waits here has no other lock in hand.
 */
export async function ensureStore(database: Database, tx: Transaction): Promise<void> {
  if ((await storeVersion(database)) !== null) return
  // Two first runs at one time would both make them: "if not exists" looks, and then makes.
  await lockTable(tx, database.dialect, storeTable(META))
  for (const statement of createStore(database.dialect)) await tx.run(statement)
}
