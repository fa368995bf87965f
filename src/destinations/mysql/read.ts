import type { Readable } from 'node:stream'
import type { Connection, FieldPacket } from 'mysql2/promise'
import { SluiceError } from '../../model/errors.ts'
import type { QueryColumn, QueryRows, QueryValue } from '../../model/query-rows.ts'
import type { ColumnType } from '../../model/table.ts'
import { onAbort, throwIfAborted } from '../../util/abort.ts'
import { refusedQuery } from '../query-errors.ts'
import { isLost } from './errors.ts'
import { firstStatement } from './first-statement.ts'
import { valueOf } from './values.ts'
import type { WireValue } from './values.ts'

const ROWS_A_BATCH = 2_000

/** What reading needs: a connection of its own, and a way to stop what it runs. */
export type Reading = Readonly<{ connection: Connection; cancel: () => Promise<void> }>

/** The driver's own interface has what that of promises lacks: rows as they come. */
type Core = Readonly<{
  query: (words: Readonly<{ sql: string; rowsAsArray: true }>) => Running
}>
type Running = Readonly<{
  once: (event: 'fields', listener: (fields: readonly FieldPacket[] | undefined) => void) => void
  stream: (options: Readonly<{ highWaterMark: number }>) => Readable
}>

/**
 * Rows as the server sends them, inside a transaction that only reads, so that a user with no right but `select` can
 * do it, on a replica too. The protocol ends every result with a packet that says so or with an error.
 */
export async function readQuery(
  { connection, cancel }: Reading,
  query: string,
  signal: AbortSignal,
): Promise<QueryRows> {
  try {
    throwIfAborted(signal)
    const sql = firstStatement(query)
    await connection.query(`set time_zone = '+00:00', net_write_timeout = 86400`)
    await connection.query('set session transaction isolation level repeatable read')
    await connection.query('start transaction with consistent snapshot, read only')
    const { connection: core } = connection as unknown as Readonly<{ connection: Core }>
    const running = core.query({ sql, rowsAsArray: true })
    const rows = running.stream({ highWaterMark: ROWS_A_BATCH })
    // Heard by whoever is reading then; unheard, this event ends the process.
    rows.on('error', () => undefined)
    // Of a connection that is lost the driver tells whoever has it, and not the rows that wait for more.
    connection.on('error', (error: Error) => rows.destroy(error))
    const stopping = onAbort(signal, () => {
      cancel().catch(() => undefined)
      rows.destroy(new Error('stopped'))
    })
    const fields = await new Promise<readonly FieldPacket[]>((resolve, reject) => {
      running.once('fields', (found) => {
        if (found === undefined) reject(notAQuery())
        else resolve(found)
      })
      rows.once('error', reject)
    })
    return {
      columns: fields.map(columnOf),
      batches: () => batchesOf(rows, fields, signal),
      [Symbol.asyncDispose]: () => {
        stopping[Symbol.dispose]()
        rows.destroy()
        // Not `end`, which would wait for rows that nobody wants.
        connection.destroy()
        return Promise.resolve()
      },
    }
  } catch (cause) {
    connection.destroy()
    throwIfAborted(signal)
    throw failed(cause)
  }
}

async function* batchesOf(
  rows: Readable,
  fields: readonly FieldPacket[],
  signal: AbortSignal,
): AsyncGenerator<readonly (readonly QueryValue[])[], void, undefined> {
  let batch: (readonly QueryValue[])[] = []
  try {
    for await (const row of rows as AsyncIterable<readonly WireValue[]>) {
      batch.push(fields.map((field, index) => valueOf(row[index], field)))
      if (batch.length < ROWS_A_BATCH) continue
      yield batch
      batch = []
    }
    throwIfAborted(signal)
  } catch (cause) {
    throwIfAborted(signal)
    throw failed(cause)
  }
  if (batch.length > 0) yield batch
}

const failed = (cause: unknown): Error =>
  isLost(cause)
    ? new SluiceError(
        'connection-lost',
        'The connection was lost in the middle of a result, of which nothing was used. Run the same command again.',
        { cause },
      )
    : refusedQuery(cause)

const notAQuery = (): SluiceError =>
  new SluiceError('refused-query', 'The query is not one statement that reads. Write one "select".')

/** By the number of the type in the protocol. */
const known: Readonly<Record<number, readonly [ColumnType, string]>> = {
  0: ['decimal', 'decimal'],
  1: ['integer', 'tinyint'],
  2: ['integer', 'smallint'],
  3: ['integer', 'int'],
  4: ['decimal', 'float'],
  5: ['decimal', 'double'],
  7: ['timestamp', 'timestamp'],
  8: ['integer', 'bigint'],
  9: ['integer', 'mediumint'],
  10: ['text', 'date'],
  11: ['text', 'time'],
  12: ['timestamp', 'datetime'],
  13: ['integer', 'year'],
  245: ['json', 'json'],
  246: ['decimal', 'decimal'],
}

function columnOf({ name, columnType = 0, columnLength, extendedFormat }: FieldPacket): QueryColumn {
  if (columnType === 1 && columnLength === 1) return { name, type: 'boolean', actual: 'tinyint(1)' }
  if (extendedFormat === 'json') return { name, type: 'json', actual: 'json' }
  const [type, actual] = known[columnType] ?? ['text', 'text']
  return { name, type, actual }
}
