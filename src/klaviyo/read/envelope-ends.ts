/**
 * The quick way to an envelope. A page of events has a megabyte, and the engine parses it anyway; here only its
 * two ends are looked at, and each shortcut proves itself by a parse that fails unless the shortcut was right.
 */
import { cursorText, memberOf, type Envelope, type EnvelopeShape } from './envelope.ts'

type Tail = Readonly<{ dataEnd: number; next: string | null }>

const ATTEMPTS = 4

/** Null where a shortcut does not hold: then the body has to be parsed whole. */
export function readEnds(body: Buffer, { type, cursorField }: EnvelopeShape): Envelope | null {
  const open = Buffer.from(`{"type":${JSON.stringify(type)}`)
  const data = body.subarray(0, DATA.length).equals(DATA)
  const tail = data ? readTail(body) : null
  if (tail === null) return null
  const { dataEnd, next } = tail
  if (dataEnd === DATA.length) return { next, rows: 0, firstCursor: null, lastCursor: null }
  const first = firstResource(body, open, dataEnd)
  const last = lastResource(body, open, dataEnd)
  if (first === null || last === null) return null
  return {
    next,
    rows: countRows(body, open, dataEnd),
    firstCursor: cursorText(first, cursorField),
    lastCursor: cursorText(last, cursorField),
  }
}

const DATA = Buffer.from('{"data":[')
const INCLUDED = Buffer.from('"included":[')
const LINKS = Buffer.from('],"links":{')

/**
 * Finds the bracket that closes `data`. Taking everything from a `]` on and opening an object and an array
 * before it gives JSON exactly when that bracket closes an array which is a member of the root: anything nested
 * has more closers than that.
 */
function readTail(body: Buffer): Tail | null {
  // The first root array after `data` decides: any other array in between would end elsewhere.
  const included = body.lastIndexOf(INCLUDED)
  const dataEnd = included < 0 ? body.lastIndexOf(LINKS) : included - 2
  if (dataEnd < 0 || body[dataEnd] !== 0x5d || body[dataEnd + 1] !== 0x2c) return null
  const links = memberOf(parsed(`{"data":[${body.toString('utf8', dataEnd)}`), 'links')
  const next = memberOf(links, 'next')
  // A body cut off after a nested `links` may look complete. Klaviyo's root links always have `next`, null at
  // the end, and those of a resource never do.
  if (next !== null && typeof next !== 'string') return null
  return { dataEnd, next: next === '' ? null : next }
}

/** From the first opening to just before a later one; a nested opening leaves the text unbalanced. */
function firstResource(body: Buffer, open: Buffer, dataEnd: number): object | null {
  const start = DATA.length
  if (body.indexOf(open, start) !== start) return null
  let from = start
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const following = body.indexOf(open, from + open.length)
    const whole = following < 0 || following > dataEnd
    const resource = parsed(body.toString('utf8', start, whole ? dataEnd : following - 1))
    if (resource !== null || whole) return resource
    from = following
  }
  return null
}

/** From the last opening to the end of the data; a nested one has closers too many. */
function lastResource(body: Buffer, open: Buffer, dataEnd: number): object | null {
  let before = dataEnd
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const start = body.lastIndexOf(open, before)
    if (start < DATA.length) return null
    const resource = parsed(body.toString('utf8', start, dataEnd))
    if (resource !== null) return start === DATA.length || follows(body, start) ? resource : null
    before = start - 1
  }
  return null
}

/** Whether another resource ends right before it: the first of a nested array has a bracket there. */
const follows = (body: Buffer, start: number): boolean => body[start - 1] === 0x2c && body[start - 2] === 0x7d

/**
 * Counts openings of the table's resource type. User data may contain the same text, so this is for progress
 * bars; what is loaded is counted by the engine.
 */
function countRows(body: Buffer, open: Buffer, dataEnd: number): number {
  let rows = 0
  for (let at = body.indexOf(open); at >= 0 && at < dataEnd; at = body.indexOf(open, at + open.length))
    rows += 1
  return rows
}

function parsed(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' ? value : null
  } catch {
    return null // not one whole value: the caller's guess was wrong
  }
}
