import type { TableName } from '../../model/names.ts'
import type { Transaction } from './database.ts'
import type { Dialect } from './dialect.ts'
import { plain } from './sql.ts'

/** Keeps others from loading the table until the transaction ends; taking it twice is fine. */
export async function lockTable(tx: Transaction, dialect: Dialect, table: TableName): Promise<void> {
  const sql = dialect.lock(table)
  if (sql !== null) await tx.run(plain(sql))
}
