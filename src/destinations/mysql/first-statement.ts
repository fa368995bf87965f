import { SluiceError } from '../../model/errors.ts'

/** Statements that change a table's shape commit, read-only transaction or not (tried with MariaDB 10.11). */
const READS = /^[\s(]*(select|with|values|table)\b/i

/** What a semicolon may stand in without ending a statement, and what may follow the last one. */
const PARTS =
  /'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|`(?:[^`]|``)*`|--(?=\s|$)[^\n]*|#[^\n]*|\/\*(?!!)[^]*?\*\/|;/g

/**
 * A query without the semicolon at its end and what comments follow, which the server takes from its own client only.
 * @throws SluiceError when something else follows, or it does not read
 */
export function firstStatement(query: string): string {
  const end = [...query.matchAll(PARTS)].find(([part]) => part === ';')?.index ?? query.length
  const isOne = withoutComments(query.slice(end)).replaceAll(';', '').trim() === ''
  if (isOne && READS.test(withoutComments(query))) return query.slice(0, end)
  throw new SluiceError('refused-query', 'The query is not one statement that reads. Write one "select".')
}

const withoutComments = (text: string): string =>
  text.replaceAll(PARTS, (part) => (/^(--|#|\/\*)/.test(part) ? ' ' : part))
