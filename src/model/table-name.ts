import { SluiceError } from './errors.ts'
import type { TableName } from './names.ts'

/**
 * Reads `events`, `dest.events` or `"my schema"."t.x"` (a quote inside quotes is doubled).
 * @throws SluiceError (usage) when it is none of these.
 */
export function parseTableName(text: string): TableName {
  const parts: string[] = []
  const part = /\s*(?:"((?:[^"]|"")+)"|([^".\s](?:[^".]*[^".\s])?))\s*(\.|$)/y
  for (let more = true; more;) {
    const match = part.exec(text)
    if (match === null) throw unreadable(text)
    parts.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '')
    more = match[3] === '.'
  }
  const [first, second] = parts
  if (first === undefined || parts.length > 2) throw unreadable(text)
  return second === undefined ? { schema: null, name: first } : { schema: first, name: second }
}

/** The spelling that `parseTableName` reads back. */
export const formatTableName = ({ schema, name }: TableName): string =>
  schema === null ? formatPart(name) : `${formatPart(schema)}.${formatPart(name)}`

const formatPart = (part: string): string =>
  /^[^".\s]+$/.test(part) ? part : `"${part.replaceAll('"', '""')}"`

const unreadable = (text: string): SluiceError =>
  new SluiceError(
    'invalid-option',
    `"${text}" is not the name of a table. Write "table" or "schema.table", and put a part that has dots or spaces in double quotes.`,
  )
