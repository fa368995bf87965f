import { ACCOUNT_COLUMN } from '../../model/names.ts'
import type { Scope } from './coverage-sql.ts'
import type { Database, Shape, Transaction } from './database.ts'
import { Values } from './sql.ts'

/** What is there, and whether rows of other accounts are in it. */
export type Occupied = Readonly<{ shape: Shape; others: boolean }>

/** Looks at a table, and whether it holds rows of others than this account. */
export async function occupied(
  database: Database,
  tx: Transaction,
  { account, target }: Pick<Scope, 'account' | 'target'>,
): Promise<Occupied> {
  const { dialect } = database
  const shape = await database.describe(target)
  if (shape === null) return { shape, others: false }
  const name = dialect.identifier(ACCOUNT_COLUMN)
  // Without the column these are somebody else's rows; planning will say so.
  if (!shape.columns.some((column) => column.name.toLowerCase() === name)) return { shape, others: true }
  const values = new Values(dialect)
  const [row] = await tx.run(
    values.statement(
      `select exists (select 1 from ${dialect.table(target)} where ${dialect.differ(dialect.quote(ACCOUNT_COLUMN), values.bind(account))}) as others`,
    ),
  )
  return { shape, others: Number(row?.['others']) === 1 }
}
