import { createHash } from 'node:crypto'
import { badInput, Refusal } from './errors.ts'

/** A value to sort by. Datetimes are microseconds since 1970. */
export type Key = number | string | null

/** Where a page ended: a position in the order, not a count of rows, so that rows may come and go before it. */
export type Position = Readonly<{ key: Key; id: string; forward: boolean }>

/** Before the first row, in either direction; as a cursor it is the same as none. */
export const BEGINNING: Position = { key: null, id: '', forward: true }

/** What a cursor is tied to: it is refused by any other account, operation, filter or sort. */
export const fingerprint = (...parts: readonly string[]): string =>
  createHash('sha256').update(parts.join('\n')).digest('base64url').slice(0, 8)

/** URL-safe, without `%`, `+` or padding: the official SDK decodes cursors twice. */
export const writeCursor = ({ key, id, forward }: Position, tie: string): string =>
  Buffer.from(JSON.stringify([key, id, forward, tie])).toString('base64url')

/** Throws the service's 400 for anything that this query did not hand out. Null: the beginning. */
export function readCursor(text: string, tie: string): Position | null {
  try {
    const parts: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
    if (Array.isArray(parts) && parts.length === 4) {
      const [key, id, forward, found] = parts as unknown[]
      const isKey = key === null || typeof key === 'number' || typeof key === 'string'
      if (isKey && typeof id === 'string' && typeof forward === 'boolean' && found === tie) {
        return id === BEGINNING.id ? null : { key, id, forward }
      }
    }
  } catch {
    // Not ours; refused below.
  }
  throw new Refusal([badInput('/data/', 'Invalid cursor provided.')])
}

/** Null before numbers before texts; texts by code unit, as ids are compared. */
export function compareKeys(a: Key, b: Key): number {
  if (a === b) return 0
  const rank = (key: Key): number => (key === null ? 0 : typeof key === 'number' ? 1 : 2)
  const byRank = rank(a) - rank(b)
  if (byRank !== 0) return byRank
  return (a ?? 0) < (b ?? 0) ? -1 : 1
}

/** The order of rows: by key, then by id. */
export const comparePlaces = (
  a: Readonly<{ key: Key; id: string }>,
  b: Readonly<{ key: Key; id: string }>,
): number => compareKeys(a.key, b.key) || compareKeys(a.id, b.id)
