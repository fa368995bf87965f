import { once } from 'node:events'
import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import type { Connection, ResultSetHeader } from 'mysql2/promise'
import type { CsvSpelling } from '../../engine/engine.ts'
import { throwIfAborted } from '../../util/abort.ts'
import type { StageText } from '../sql/stage-text.ts'

/** What `READ` reads: text is in quotes, so that only the bare word is nothing. */
export const CSV: CsvSpelling = { nothing: 'NULL', instant: '%Y-%m-%d %H:%M:%S.%f', yes: '1', no: '0' }
/** Without an escape character: a backslash is a backslash, a quote is doubled. */
const READ = `character set utf8mb4 fields terminated by ',' optionally enclosed by '"' escaped by '' lines terminated by x'0a'`

/** Rows that went in, and what the server says of those that did not, or not as they are. */
export type Loaded = Readonly<{ rows: number; warnings: number }>

/**
 * Sends a stage with `load data local infile`. The server cannot stop such a load: what does not fit is cut to fit, and
 * what is there already is left out, with no more than a warning. So the caller has to look at what came of it.
 */
export async function loadData(
  { connection, signal }: Readonly<{ connection: Connection; signal: AbortSignal }>,
  text: StageText,
  { into, columns }: Readonly<{ into: string; columns: readonly string[] }>,
): Promise<Loaded> {
  const done = new AbortController()
  const stop = AbortSignal.any([signal, done.signal])
  const streams: Readable[] = []
  try {
    const [header] = await connection.query<ResultSetHeader>({
      sql: `load data local infile 'stage' into table ${into} ${READ} (${columns.join(', ')})`,
      // Whatever file the server asks for, this is what it gets.
      infileStreamFactory: () => {
        const stream = Readable.from(paced(text.read(), socketOf(connection), stop), { objectMode: false })
        streams.push(stream)
        return stream
      },
    })
    return { rows: header.affectedRows, warnings: header.warningStatus }
  } finally {
    done.abort()
    for (const stream of streams) stream.on('error', () => undefined).destroy()
  }
}

/** The driver writes whatever comes; unpaced, a whole batch would wait in memory for a slow server. */
async function* paced(
  chunks: AsyncIterable<Buffer>,
  socket: Socket,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void, undefined> {
  for await (const chunk of chunks) {
    throwIfAborted(signal)
    yield chunk
    if (socket.writableNeedDrain) await once(socket, 'drain', { signal })
  }
}

/** Not in the driver's types, and another one after the change to TLS. */
const socketOf = (connection: Connection): Socket =>
  (connection as unknown as Readonly<{ connection: Readonly<{ stream: Socket }> }>).connection.stream
