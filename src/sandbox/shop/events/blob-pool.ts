/** What is written into a blob's holes for each event. */
export type Hole = 'value' | 'shipping' | 'attribution' | 'story'

const holes: readonly Hole[] = ['value', 'shipping', 'attribution', 'story']
/** Private-use characters mark the holes in the text of a blob; no text of the shop contains them. */
const MARKS: Readonly<Record<Hole, string>> = {
  value: '\ue001',
  shipping: '\ue002',
  attribution: '\ue003',
  story: '\ue004',
}
const RAW = '\ue000'

/** Where a number's digits go, unquoted: what is between is JSON as it stands, such as an integer beyond 2^53. */
export const raw = (text: string): string => `${RAW}${text}${RAW}`

/** An amount of the event, and what shipping adds to the items. */
export const VALUE = raw(MARKS.value)
export const SHIPPING = raw(MARKS.shipping)
/** Nine digits that an order's or visit's events share; may stand within a text or a number. */
export const STORY = MARKS.story
/** As a key: the place of `"$message": …` where an order has one. */
export const ATTRIBUTION = MARKS.attribution

/** Properties of events, encoded once: bytes with holes. Numbered in the order of adding. */
export class BlobPool {
  readonly #texts: Buffer[] = []
  readonly #holes: { at: number; kind: number }[][] = []
  readonly #cents: number[] = []
  #longest = 0

  /** `cents` is what the items of the blob sum up to. */
  add(properties: Readonly<Record<string, unknown>>, cents = 0): number {
    const marked = JSON.stringify(properties)
      .replaceAll(new RegExp(`"${RAW}(.*?)${RAW}"`, 'gu'), '$1')
      .replace(`"${ATTRIBUTION}":0,`, ATTRIBUTION)
    // The brace is opened, and the first property written, by the resource's head.
    const pieces = `,${marked.slice(1)}`.split(/([\ue001-\ue004])/u)
    const found: { at: number; kind: number }[] = []
    const parts: Buffer[] = []
    let at = 0
    for (const piece of pieces) {
      const kind = holes.findIndex((hole) => MARKS[hole] === piece)
      if (kind >= 0) {
        found.push({ at, kind })
        continue
      }
      const bytes = Buffer.from(piece)
      parts.push(bytes)
      at += bytes.length
    }
    this.#texts.push(Buffer.concat(parts))
    this.#holes.push(found)
    this.#cents.push(cents)
    this.#longest = Math.max(this.#longest, at)
    return this.#texts.length - 1
  }

  finish(): Blobs {
    const ends = new Uint32Array(this.#texts.length + 1)
    const holeEnds = new Uint32Array(this.#texts.length + 1)
    for (const [i, text] of this.#texts.entries()) {
      ends[i + 1] = (ends[i] ?? 0) + text.length
      holeEnds[i + 1] = (holeEnds[i] ?? 0) + (this.#holes[i]?.length ?? 0)
    }
    const flat = this.#holes.flatMap((found, i) =>
      found.map((hole) => ({ ...hole, at: hole.at + (ends[i] ?? 0) })),
    )
    return {
      bytes: Buffer.concat(this.#texts),
      starts: ends,
      holeStarts: holeEnds,
      holeAt: Uint32Array.from(flat.map((hole) => hole.at)),
      holeKind: Uint8Array.from(flat.map((hole) => hole.kind)),
      cents: Uint32Array.from(this.#cents),
      longest: this.#longest,
    }
  }
}

/** The pool, packed. `starts` and `holeStarts` have one entry more than there are blobs. */
export type Blobs = Readonly<{
  bytes: Buffer
  starts: Uint32Array
  holeStarts: Uint32Array
  holeAt: Uint32Array
  /** 0 value, 1 shipping, 2 attribution, 3 story. */
  holeKind: Uint8Array
  cents: Uint32Array
  longest: number
}>
