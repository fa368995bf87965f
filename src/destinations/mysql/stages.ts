import type { Connection } from 'mysql2/promise'
import { SluiceError } from '../../model/errors.ts'
import type { TableName } from '../../model/names.ts'
import type { Transaction } from '../sql/database.ts'
import type { Dialect } from '../sql/dialect.ts'
import { createTable, plain } from '../sql/sql.ts'
import type { StageText } from '../sql/stage-text.ts'
import { serverError } from './errors.ts'
import { loadData } from './load-data.ts'
import type { Loaded } from './load-data.ts'

/** What loading needs: a connection inside a transaction. */
export type Loading = Readonly<{
  connection: Connection
  run: Transaction['run']
  dialect: Dialect
  signal: AbortSignal
}>

const DUPLICATE = 1062

/** Makes the stage a temporary table, which the caller drops. */
export async function loadToTemporary(
  loading: Loading,
  text: StageText,
  { into, key }: Readonly<{ into: string; key: readonly string[] }>,
): Promise<void> {
  const { run, dialect } = loading
  const { columns } = text.stage
  const definitions = columns.map(({ name, type }) => {
    // Checked as JSON when it goes into its column.
    const own = dialect.types[type === 'json' ? 'text' : type]
    return `${dialect.quote(name)} ${key.includes(name) ? dialect.keyType(own, key.length) : own}`
  })
  const names = (all: readonly string[]): readonly string[] => all.map((name) => dialect.quote(name))
  // The index is part of the definition, as making it afterwards would commit.
  const index = key.length === 0 ? [] : [`index (${names(key).join(', ')})`]
  await run(createTable(dialect, `create temporary table ${into}`, [...definitions, ...index]))
  const loaded = await loadData(loading, text, { into, columns: names(columns.map(({ name }) => name)) })
  if (!isWhole(loaded, text)) throw (await warning(loading, () => true)) ?? incomplete(loaded, text)
}

/** Adds the stage to a table as it is. False when the unique index refused a row; then nothing has happened. */
export async function loadToTable(
  loading: Loading,
  text: StageText,
  { table, columns }: Readonly<{ table: TableName; columns: readonly string[] }>,
): Promise<boolean> {
  const { run, dialect } = loading
  await run(plain('savepoint before_load'))
  const names = columns.map((name) => dialect.quote(name))
  const loaded = await loadData(loading, text, { into: dialect.table(table), columns: names })
  if (isWhole(loaded, text)) return true
  const refused = await warning(loading, (number) => number !== DUPLICATE)
  if (refused !== null) throw refused
  await run(plain('rollback to savepoint before_load'))
  return false
}

const isWhole = ({ rows, warnings }: Loaded, { stage }: StageText): boolean =>
  warnings === 0 && rows === stage.rows

/** The first warning of a kind, as the error that it is; null when there is none. */
async function warning({ run }: Loading, counts: (number: number) => boolean): Promise<Error | null> {
  const rows = await run(plain('show warnings'))
  const found = rows.find((row) => counts(Number(row['Code'])))
  return found === undefined ? null : serverError(Number(found['Code']), String(found['Message']))
}

const incomplete = ({ rows }: Loaded, { stage }: StageText): SluiceError =>
  new SluiceError('bug', `Of ${stage.rows} rows sent to the server ${rows} went in, and it does not say why.`)
