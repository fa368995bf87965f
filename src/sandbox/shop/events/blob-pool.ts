/** What is written into a blob's holes for each event. */
export type Hole = 'value' | 'shipping' | 'attribution' | 'session'

const holes: readonly Hole[] = ['value', 'shipping', 'attribution', 'session']
/** Private-use characters mark the holes in the text of a blob; no text of the shop contains them. */
const MARKS: Readonly<Record<Hole, string>> = {
  value: '\ue001',
  shipping: '\ue002',
  attribution: '\ue003',
  session: '\ue004',
}
const RAW = '\ue000'

/** Where a number's digits go, unquoted: what is between is JSON as it stands, such as an integer beyond 2^53. */
export const raw = (text: string): string => `${RAW}${text}${RAW}`

/** An amount of the event, and what shipping adds to the items. */
export const VALUE = raw(MARKS.value)
export const SHIPPING = raw(MARKS.shipping)
/** Nine digits that an order's or visit's events share; may stand within a text or a number. */
export const SESSION = MARKS.session
/** As a key: the place of `"$message": …` where an order has one. */
export const ATTRIBUTION = MARKS.attribution

/** Stands in `holeAfter` where a blob ends. */
export const END = 255

/** Properties of events, encoded once: bytes with holes. Numbered in the order of adding. */
export class BlobPool {
  readonly #pieces: Buffer[] = []
  readonly #holeAfter: number[] = []
  readonly #firstPiece: number[] = []
  readonly #cents: number[] = []
  #longest = 0

  /** `cents` is what the items of the blob sum up to. */
  add(properties: Readonly<Record<string, unknown>>, cents = 0): number {
    const marked = JSON.stringify(properties)
      .replaceAll(new RegExp(`"${RAW}(.*?)${RAW}"`, 'gu'), '$1')
      .replace(`"${ATTRIBUTION}":0,`, ATTRIBUTION)
    this.#firstPiece.push(this.#pieces.length)
    this.#cents.push(cents)
    // The brace is opened, and the first property written, by the resource's head. Texts and marks alternate.
    const parts = `,${marked.slice(1)}`.split(/([\ue001-\ue004])/u)
    let length = 0
    for (let at = 0; at < parts.length; at += 2) {
      const piece = Buffer.from(parts[at] ?? '')
      length += piece.length
      this.#pieces.push(piece)
      const mark = parts[at + 1]
      this.#holeAfter.push(mark === undefined ? END : holes.findIndex((hole) => MARKS[hole] === mark))
    }
    this.#longest = Math.max(this.#longest, length)
    return this.#cents.length - 1
  }

  finish(): Blobs {
    return {
      pieces: this.#pieces,
      holeAfter: Uint8Array.from(this.#holeAfter),
      firstPiece: Uint32Array.from(this.#firstPiece),
      cents: Uint32Array.from(this.#cents),
      longest: this.#longest,
    }
  }
}

/** The pool, finished. */
export type Blobs = Readonly<{
  /** Of all blobs, one after the other. Kept apart: copying a whole view is twice as fast as a part of one. */
  pieces: readonly Uint8Array[]
  /** What follows each piece: 0 value, 1 shipping, 2 attribution, 3 session, `END`. */
  holeAfter: Uint8Array
  firstPiece: Uint32Array
  cents: Uint32Array
  longest: number
}>
