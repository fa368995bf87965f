import type { Client, FieldDef } from 'pg'
import type { QueryColumn, QueryRows, QueryValue } from '../../model/query-rows.ts'
import { onAbort, throwIfAborted } from '../../util/abort.ts'
import { refusedQuery } from '../query-errors.ts'
import { begin } from './begin.ts'
import { columnReader } from './query-values.ts'

const ROWS_A_FETCH = 5_000

/** What reading needs: a connection of its own, and a way to stop what a process of the server runs. */
export type Reading = Readonly<{ client: Client; cancel: (backend: string | null) => Promise<void> }>

/**
 * Rows by a cursor inside a transaction that only reads, so that a role with no right but `select` can do it, on a
 * replica too. The server tells of an error in the middle with the `fetch` that meets it.
 */
export async function readQuery(
  { client, cancel }: Reading,
  query: string,
  signal: AbortSignal,
): Promise<QueryRows> {
  let backend: string | null = null
  const ask = async (text: string): Promise<{ rows: string[][]; fields: FieldDef[] }> => {
    throwIfAborted(signal)
    using _ = onAbort(signal, () => {
      cancel(backend).catch(() => undefined)
    })
    try {
      // The extended protocol takes one statement only.
      const words = { text, rowMode: 'array', queryMode: 'extended', types: { getTypeParser: () => asText } }
      return await client.query<string[]>(words as never)
    } catch (cause) {
      throwIfAborted(signal)
      throw refusedQuery(cause)
    }
  }
  const { parse } = await import('postgres-array')
  try {
    throwIfAborted(signal)
    backend = await begin(client, 'repeatable read read only').catch((cause: unknown) => {
      throw refusedQuery(cause)
    })
    await ask(`declare sluice_result no scroll cursor for ${query}`)
    const { fields } = await ask('fetch 0 from sluice_result')
    const readers = fields.map(({ dataTypeID }) => columnReader(dataTypeID, parse))
    const columns = fields.map(({ name }, index): QueryColumn => {
      const { type = 'text', actual = 'text' } = readers[index] ?? {}
      return { name, type, actual }
    })
    return {
      columns,
      batches: async function* () {
        for (;;) {
          const { rows } = await ask(`fetch ${ROWS_A_FETCH} from sluice_result`)
          if (rows.length === 0) return
          yield rows.map((row) =>
            row.map((text: string | null, index): QueryValue => {
              const reader = readers[index]
              return text === null || reader === undefined ? text : reader.read(text)
            }),
          )
        }
      },
      [Symbol.asyncDispose]: () => client.end(),
    }
  } catch (error) {
    await client.end()
    throw error
  }
}

const asText = (text: string): string => text
