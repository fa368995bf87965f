/**
 * Where the resources of a page lie in its body, without a parse: to count them exactly, and to know that each is
 * one of the table's. The text that begins a resource can stand at the beginning of an object only, as its quotes
 * would be escaped inside a string; but that object may be one that a user has put into an attribute.
 */

/** Offsets in the body. All of `data` if there is a row at all. */
export type Rows = Readonly<{
  count: number
  /** Just behind the first one. */
  firstEnd: number
  lastStart: number
  /** The bracket that closes `data`. */
  end: number
}>

/** The texts around the id of every resource of a table, as Klaviyo writes them. */
export type Opening = Readonly<{ before: Buffer; after: Buffer }>

export const openingOf = (type: string, hasAttributes: boolean): Opening => ({
  before: Buffer.from(`{"type":${JSON.stringify(type)},"id":"`),
  after: Buffer.from(hasAttributes ? '","attributes":{' : '"'),
})

const QUOTE = 0x22
const COMMA = 0x2c
const SLASH = 0x2f
const BACKSLASH = 0x5c
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const OPEN = 0x7b
const CLOSE = 0x7d

/**
 * Goes from opening to opening, 0.2 ms per MB. Klaviyo ends every resource with a link to itself, so before each
 * opening, and before the end, the id of the one before it must stand. An opening inside an attribute breaks that
 * chain or needs an id twice: from the row around it the chain leads by way of what is inside to that row's own
 * end. So ids that are all different prove that each opening is a row. Null: no proof.
 */
export function chainedRows(body: Buffer, opening: Opening, start: number, end: number): Rows | null {
  const hashes = new Set<number>()
  let firstEnd = 0
  let count = 0
  let at = start
  for (;;) {
    const idStart = at + opening.before.length
    const idEnd = endOfId(body, at, opening)
    if (idEnd === null) return null
    const following = body.indexOf(opening.before, idEnd)
    const isLast = following < 0 || following > end
    const rowEnd = isLast ? end : following - 1
    if (!isLast && body[rowEnd] !== COMMA) return null
    if (!endsWithLinkTo(body, rowEnd, idStart, idEnd)) return null
    // Different hashes are different ids; the rare two that share one only cost the proof.
    hashes.add(hashOf(body, idStart, idEnd))
    count += 1
    if (count === 1) firstEnd = rowEnd
    if (isLast) break
    at = following
  }
  return hashes.size === count ? { count, firstEnd, lastStart: at, end } : null
}

/**
 * Follows every bracket outside of strings, 1 ms per MB: finds the end of `data` whatever is in it. Null: something
 * in the list is not spelled as a resource of the table, or the body ends first.
 */
export function scannedRows(body: Buffer, opening: Opening, start: number): Rows | null {
  let depth = 0
  let count = 0
  let firstEnd = 0
  let lastStart = start
  for (let at = start; at < body.length; at += 1) {
    const byte = body[at]
    if (depth === 0) {
      if (byte === CLOSE_LIST) return { count, firstEnd, lastStart, end: at }
      if (byte === COMMA) continue
      if (byte !== OPEN || endOfId(body, at, opening) === null) return null
      depth = 1
      count += 1
      lastStart = at
    } else if (byte === QUOTE) {
      at = endOfString(body, at)
    } else if (byte === OPEN || byte === OPEN_LIST) {
      depth += 1
    } else if (byte === CLOSE || byte === CLOSE_LIST) {
      depth -= 1
      if (depth === 0 && count === 1) firstEnd = at + 1
    }
  }
  return null
}

/** The quote behind the id of the resource that begins there; null where none of the table's does. */
function endOfId(body: Buffer, at: number, { before, after }: Opening): number | null {
  if (!standsAt(body, at, before)) return null
  const start = at + before.length
  let end = start
  for (let byte = body[end]; byte !== QUOTE; byte = body[end]) {
    if (byte === undefined || byte === BACKSLASH) return null
    end += 1
  }
  return end > start && standsAt(body, end, after) ? end : null
}

// Loops, because a call into Node costs more than these few bytes.
function standsAt(body: Buffer, at: number, text: Buffer): boolean {
  for (let index = 0; index < text.length; index += 1) if (body[at + index] !== text[index]) return false
  return true
}

/** Whether `…/<id>/"}}` ends there, with or without the last slash. */
function endsWithLinkTo(body: Buffer, end: number, idStart: number, idEnd: number): boolean {
  if (body[end - 1] !== CLOSE || body[end - 2] !== CLOSE || body[end - 3] !== QUOTE) return false
  let at = body[end - 4] === SLASH ? end - 5 : end - 4
  for (let from = idEnd - 1; from >= idStart; from -= 1, at -= 1) if (body[from] !== body[at]) return false
  return body[at] === SLASH
}

function hashOf(body: Buffer, start: number, end: number): number {
  let hash = 0
  for (let at = start; at < end; at += 1) hash = (Math.imul(hash, 31) + (body[at] ?? 0)) | 0
  return hash
}

function endOfString(body: Buffer, start: number): number {
  let at = start + 1
  for (let byte = body[at]; byte !== QUOTE && byte !== undefined; byte = body[at])
    at += byte === BACKSLASH ? 2 : 1
  return at
}
