/**
 * The quick way to an envelope. A page of events has a megabyte, and the engine parses it anyway; here only its
 * two ends are parsed, and what lies between is counted (rows.ts).
 */
import {
  cursorText,
  isObject,
  nextOf,
  type Envelope,
  type EnvelopeShape,
  type JsonObject,
} from './envelope.ts'
import { chainedRows, openingOf, scannedRows, type Opening, type Rows } from './rows.ts'

/** Null where a shortcut does not hold, or where something is wrong: then the body has to be parsed whole. */
export function readEnds(body: Buffer, shape: EnvelopeShape): Envelope | null {
  if (!body.subarray(0, DATA.length).equals(DATA)) return null
  const rows = rowsOf(body, openingOf(shape.type, shape.hasAttributes))
  const tail = rows === null ? null : parsed(`{"data":[${body.toString('utf8', rows.end)}`)
  if (rows === null || tail === null || 'errors' in tail) return null
  // A body cut off after a nested `links` may look complete. Klaviyo's root links always have `next`, null at
  // the end, and those of a resource never do.
  const { links } = tail
  if (!isObject(links) || (links['next'] !== null && typeof links['next'] !== 'string')) return null
  const next = nextOf(links, shape)
  if (rows.count === 0) return { next, rows: 0, firstCursor: null, lastCursor: null }
  const first = parsed(body.toString('utf8', DATA.length, rows.firstEnd))
  const last = parsed(body.toString('utf8', rows.lastStart, rows.end))
  if (first === null || last === null) return null
  return {
    next,
    rows: rows.count,
    firstCursor: cursorText(first, shape.cursorField),
    lastCursor: cursorText(last, shape.cursorField),
  }
}

const DATA = Buffer.from('{"data":[')
const LINKS = Buffer.from('],"links":{')

/**
 * `data` usually ends where the root's links begin. With `included` in between the chain breaks at that, and every
 * bracket is followed to find the end. An end that is none shows when what is behind it does not parse: anything
 * nested has more closers than one array and one object.
 */
function rowsOf(body: Buffer, opening: Opening): Rows | null {
  const end = body.lastIndexOf(LINKS)
  if (end < DATA.length) return null
  return chainedRows(body, opening, DATA.length, end) ?? scannedRows(body, opening, DATA.length)
}

function parsed(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : null
  } catch {
    return null // not one whole value: the guess was wrong
  }
}
