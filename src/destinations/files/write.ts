import { randomUUID } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { Session } from '../../engine/engine.ts'
import { quoteLiteral } from '../../engine/quote.ts'
import type { StageColumn } from '../../model/stage.ts'
import { settle } from './disk.ts'
import type { DataFile } from './manifest.ts'
import { inMonthSql, monthSql } from './months.ts'
import type { Output, Written } from './outputs.ts'
import { rowsOf } from './rows-sql.ts'
import type { Reading } from './rows-sql.ts'

export type Writing = Reading &
  Readonly<{
    session: Session
    /** Of the table. */
    columns: readonly StageColumn[]
    /** The column by whose month files are parted. */
    monthOf: string | null
    /** Where files are written. */
    incoming: string
    /** Index of the columns among the shapes. */
    shape: number
    /** A query for the rows that come; null: none. */
    additions: string | null
    /** A query for what old files still hold; null: all that they held. */
    remaining: ((sources: readonly DataFile[]) => string) | null
  }>

/** Months of the rows that come, and how many they are. */
export async function monthsOfAdditions(
  additions: string,
  { session, monthOf, dialect }: Pick<Writing, 'session' | 'monthOf' | 'dialect'>,
): Promise<readonly (string | null)[]> {
  const month = monthOf === null ? 'null' : monthSql(dialect.quote(monthOf))
  const rows = await session.query(`select distinct ${month} from (\n${additions}\n) order by 1`)
  return rows.map(([value]) => (value === null || value === undefined ? null : String(value)))
}

/** Writes files that lie hidden, and waits until they are on the disk. Those that have no rows are left out. */
export async function writeOutputs(
  outputs: readonly Output[],
  writing: Writing,
): Promise<readonly Written[]> {
  const written: Written[] = []
  for (const output of outputs) {
    const one = await writeOne(output, writing)
    if (one !== null) written.push(one)
  }
  await Promise.all(written.map(({ at }) => settle(join(writing.folder, at))))
  await settle(writing.incoming)
  return written
}

async function writeOne(
  { partition, sources, additions }: Output,
  writing: Writing,
): Promise<Written | null> {
  const { session, format, incoming, folder, shape } = writing
  const query = [
    ...(sources.length === 0 ? [] : [restOf(sources, writing)]),
    ...(additions ? [added(partition.month, writing)] : []),
  ].join('\nunion all\n')
  const path = join(incoming, `${randomUUID()}.new`)
  const [[count] = []] = await session.query(
    `copy (\n${query === '' ? nothing(writing) : query}\n) to ${quoteLiteral(path)} (${format.copyOptions(writing.columns)})`,
  )
  const rows = Number(count)
  if (rows === 0 && sources.length > 0) return null
  const { size } = await stat(path)
  return {
    at: relative(folder, path),
    file: { ...partition, rows, bytes: size, shape },
    replaces: sources,
    adds: additions,
  }
}

const listOf = ({ columns, dialect }: Writing): string =>
  columns.map(({ name }) => dialect.quote(name)).join(', ')

function restOf(sources: readonly DataFile[], writing: Writing): string {
  return (
    writing.remaining?.(sources) ??
    `select ${listOf(writing)} from (\n${rowsOf(sources, writing.columns, writing)}\n)`
  )
}

function added(month: string | null, writing: Writing): string {
  const { additions, monthOf, dialect } = writing
  const where = monthOf === null ? '' : ` where ${inMonthSql(dialect.quote(monthOf), month, dialect)}`
  return `select ${listOf(writing)} from (\n${additions ?? nothing(writing)}\n)${where}`
}

const nothing = (writing: Writing): string =>
  `select ${listOf(writing)} from (${rowsOf([], writing.columns, writing)})`
