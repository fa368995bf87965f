import type { SqlValue, Statement } from './database.ts'

/** Quoted names and texts, in which a `$1` is none, and the places of values. */
const PLACES = /"(?:[^"]|"")*"|`(?:[^`]|``)*`|'(?:[^']|'')*'|\$(\d+)/g

/** The same statement for a database that has `?` for values, in their order in the text. */
export function positional({ sql, values }: Statement): Statement {
  const inOrder: SqlValue[] = []
  const text = sql.replaceAll(PLACES, (found, number: string | undefined) => {
    if (number === undefined) return found
    inOrder.push(values[Number(number) - 1] ?? null)
    return '?'
  })
  return { sql: text, values: inOrder }
}
