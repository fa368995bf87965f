import type { Session } from '../../engine/engine.ts'
import { SluiceError } from '../../model/errors.ts'
import type { QueryColumn, QueryRows, QueryValue } from '../../model/query-rows.ts'
import type { ColumnType } from '../../model/table.ts'
import { onAbort, throwIfAborted } from '../../util/abort.ts'
import { brokenOff, refusedQuery } from '../query-errors.ts'

const RESULT = 'temp."_sluice_result"'

/**
 * Runs a query to its end, into a temporary table that DuckDB spills where it is large, and streams from that: an error
 * in the middle of a query that is streamed itself is not told (see `Session.stream`).
 * @param session its own, on which the query's names mean what they mean to the user; it is closed with the rows
 */
export async function readQuery(session: Session, query: string, signal: AbortSignal): Promise<QueryRows> {
  throwIfAborted(signal)
  using _ = onAbort(signal, () => {
    session.interrupt()
  })
  try {
    const names = await session.namesOf(query)
    if (names === null)
      throw new SluiceError('refused-query', 'The query is not one statement that reads. Write one "select".')
    await session.run(`create temp table "_sluice_result" as ${query}`)
    const types = await session.query(`select column_type from (describe ${RESULT})`)
    const columns = names.map((name, index): QueryColumn => {
      const actual = String(types[index]?.[0])
      return { name, type: kindOf(actual), actual }
    })
    return new Result(session, columns, signal)
  } catch (cause) {
    await session[Symbol.asyncDispose]()
    throwIfAborted(signal)
    throw refusedQuery(cause)
  }
}

/** What was materialised, column by place: two columns of one name got other names on the way. */
class Result implements QueryRows {
  readonly columns: readonly QueryColumn[]
  readonly #session: Session
  readonly #signal: AbortSignal

  constructor(session: Session, columns: readonly QueryColumn[], signal: AbortSignal) {
    this.columns = columns
    this.#session = session
    this.#signal = signal
  }

  async *batches(): AsyncGenerator<readonly (readonly QueryValue[])[], void, undefined> {
    const [[counted] = []] = await this.#session.query(`select count(*) from ${RESULT}`)
    const values = this.columns.map(({ type, actual }, index) =>
      type === 'json' && actual !== 'JSON' ? `to_json(#${index + 1})` : `#${index + 1}`,
    )
    let read = 0
    for await (const rows of this.#session.stream(`select ${values.join(', ')} from ${RESULT}`)) {
      throwIfAborted(this.#signal)
      read += rows.length
      yield rows
    }
    if (read !== Number(counted)) throw brokenOff(read, Number(counted))
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.#session[Symbol.asyncDispose]()
  }
}

function kindOf(type: string): ColumnType {
  if (/^(JSON|STRUCT|MAP|UNION|VARIANT)|\[\d*\]$/.test(type)) return 'json'
  if (/^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|BIGNUM)$/.test(type)) return 'integer'
  if (/^(FLOAT|DOUBLE|DECIMAL)/.test(type)) return 'decimal'
  if (type === 'BOOLEAN') return 'boolean'
  if (type.startsWith('TIMESTAMP')) return 'timestamp'
  return 'text'
}
