import type { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { TableName } from '../../model/names.ts'
import type { Transaction } from '../sql/database.ts'
import type { Dialect } from '../sql/dialect.ts'
import { plain } from '../sql/sql.ts'
import type { StageText } from '../sql/stage-text.ts'

/** What copying needs: a connection inside a transaction. */
export type Copying = Readonly<{
  /** Starts a `copy … from stdin`; what is written goes to the server. */
  openCopy: (sql: string) => Promise<Writable>
  dialect: Dialect
  run: Transaction['run']
  signal: AbortSignal
}>

/** Makes the stage a temporary table that lives as long as the transaction, and returns its quoted name. */
export async function copyToTemporary(copying: Copying, text: StageText, name: string): Promise<string> {
  const { dialect, run } = copying
  const columns = text.stage.columns.map(
    (column) => `${dialect.quote(column.name)} ${dialect.types[column.type]}`,
  )
  await run(plain(`create temp table ${dialect.quote(name)} (${columns.join(', ')}) on commit drop`))
  const staged = `pg_temp.${dialect.quote(name)}`
  await copy(copying, text, staged)
  return staged
}

/** Adds the stage to a table as it is. False when the unique index refused a row; then nothing has happened. */
export async function copyToTable(
  copying: Copying,
  text: StageText,
  { table, columns }: Readonly<{ table: TableName; columns: readonly string[] }>,
): Promise<boolean> {
  const { dialect, run } = copying
  await run(plain('savepoint before_copy'))
  try {
    const names = columns.map((name) => dialect.quote(name)).join(', ')
    await copy(copying, text, `${dialect.table(table)} (${names})`)
  } catch (error) {
    if (!isDuplicate(error)) throw error
    await run(plain('rollback to savepoint before_copy'))
    return false
  }
  await run(plain('release savepoint before_copy'))
  return true
}

async function copy({ openCopy, signal }: Copying, text: StageText, into: string): Promise<void> {
  const stream = await openCopy(`copy ${into} from stdin (format csv)`)
  await pipeline(text.read(), stream, { signal })
}

const isDuplicate = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === '23505'
