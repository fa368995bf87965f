import type { EpochSeconds, Window } from '../../model/time.ts'

/** What one request told: rows from its first second on, ascending. */
export type Sighting = Readonly<{
  rows: number
  first: EpochSeconds | null
  last: EpochSeconds | null
  /** There is a next page. */
  more: boolean
}>

/** A stretch that was seen whole. */
type Known = Readonly<Window & Pick<Sighting, 'rows' | 'more'> & { density: number | null }>

/** A stretch between two known ones, with the rows per second on either side of it. Null: not known. */
type Sides = Readonly<Window & { left: number | null; right: number | null }>

/** … and how much a look into it would tell. */
type Unknown = Readonly<Sides & { worth: number }>

/** Rows, and how far off that may well be. */
export type Guess = Readonly<{ rows: number; margin: number }>

/** The first look behind the beginning goes this near to the end: most shops are busiest now. */
const END_SHARE = 1 / 64
/** Looks that are spread evenly over the gap before any goes where the rows seem to be. */
const EVEN_LOOKS = 14
/** With fewer looks than this the neighbours say nothing about what lies between them. */
const FEW_LOOKS = 8
/**
 * Peaks can hide between looks that are all alike. In the sandbox's shop (1,000,000 events, days of campaigns with
 * thirty times the ordinary traffic, 20 looks) nine guesses of ten were off by no more than this.
 */
const LEAST_MARGIN = 0.3
/** So many times the median density is a peak. Tried: 4 and 16 are off by more. */
const PEAK = 8
/** Part of a short stretch, around its middle, in which a look may fall. */
const JITTER = 0.5
const DAY_SECONDS = 86_400
/** Its multiples modulo 1 fill the day evenly, however many are taken. */
const GOLDEN = 0.618_033_988_749_895

/**
 * How many rows lie in a gap, from a few pages of it. Every page tells exactly what is in the stretch that it
 * spans, and how crowded its neighbourhood is; what lies between two pages is taken to change evenly from the one
 * to the other. Where that is least sure (many rows, unlike neighbours, a long way), the next page is asked for.
 * Pure: it says where to look and is told what was there. A peak between two looks that shows in neither
 * goes unseen.
 */
export class Survey {
  readonly #gap: Window
  readonly #pageRows: number
  #known: Known[] = []
  #turn: number

  /** @param turn any number: gaps side by side should not look at the same time of day */
  constructor(gap: Window, pageRows: number, turn = 0) {
    this.#gap = gap
    this.#pageRows = pageRows
    this.#turn = turn
  }

  /** Where to look next, at most so many places that do not touch, best first; none: everything is known. */
  next(most: number): readonly Window[] {
    if (this.#known.length === 0) return [this.#gap]
    return this.#unknown()
      .sort((a, b) => b.worth - a.worth)
      .slice(0, this.#known.length === 1 ? 1 : most)
      .map((piece) => ({ from: this.#placeIn(piece), to: piece.to }))
  }

  /** Notes what the request for `window` brought. */
  note(window: Window, { rows, first, last, more }: Sighting): void {
    const { from } = window
    // Further rows of the last second may be on the next page; there are seldom many.
    const to = more && last !== null ? Math.min(Math.max(last, from) + 1, window.to) : window.to
    // The beginning of the data was found by looking for it, so what is there is no sample of its neighbourhood.
    const sought = this.#known.length === 0 && first !== null && first - from > to - first
    const density = sought ? null : rows / (to - from)
    this.#known = [...this.#known, { from, to, rows, density, more }].sort((a, b) => a.from - b.from)
  }

  /** Rows in the gap. The margin is 0 when one page had them all, and infinite while nothing can be said. */
  guess(): Guess {
    const seen = this.#known.reduce((sum, { rows }) => sum + rows, 0)
    const unknown = this.#unknown()
    if (this.#known.length > 0 && unknown.length === 0)
      return { rows: seen, margin: this.#known.filter(({ more }) => more).length }
    const unseen = unknown.reduce((sum, piece) => sum + rowsIn(piece), 0)
    const spread = unknown.reduce((sum, piece) => sum + spreadOf(piece), 0)
    const margin = Math.max(spread, LEAST_MARGIN * unseen)
    const looks = this.#known.length
    return {
      rows: seen + unseen,
      margin: looks < 3 ? Infinity : looks < FEW_LOOKS ? Math.max(margin, seen + unseen) : margin,
    }
  }

  #unknown(): Unknown[] {
    const sides: Sides[] = []
    let from = this.#gap.from
    let left: number | null = null
    for (const piece of this.#known) {
      if (piece.from > from) sides.push({ from, to: piece.from, left, right: piece.density })
      from = Math.max(from, piece.to)
      left = piece.density
    }
    if (from < this.#gap.to) sides.push({ from, to: this.#gap.to, left, right: null })
    const peak = this.#peak()
    const found = sides.map((piece) => tamed(piece, peak))
    const seconds = found.reduce((sum, piece) => sum + piece.to - piece.from, 0)
    const rows = found.reduce((sum, piece) => sum + rowsIn(piece), 0)
    const average = rows / Math.max(1, seconds)
    return found.map((piece) => {
      const length = piece.to - piece.from
      const isEven = this.#known.length < EVEN_LOOKS
      // The average keeps it from never looking where both neighbours happen to be quiet.
      const worth = isEven ? length : spreadOf(piece) + rowsIn(piece) + average * length
      return { ...piece, worth }
    })
  }

  /** More than this is a peak, which ends somewhere near and does not slope down to the next look. */
  #peak(): number {
    const densities = this.#known.flatMap(({ density }) => (density === null ? [] : [density]))
    const ordinary = median(densities)
    return densities.length < 5 || ordinary === 0 ? Infinity : ordinary * PEAK
  }

  #placeIn(piece: Sides): EpochSeconds {
    const length = piece.to - piece.from
    if (piece.right === null && piece.to === this.#gap.to && this.#known.length === 1)
      return piece.to - Math.max(1, Math.ceil(length * END_SHARE))
    const rows = rowsIn(piece)
    // What fits into one page is read whole.
    if (rows > 0 && rows <= this.#pageRows * 0.8) return piece.from
    this.#turn += 1
    const share = (this.#turn * GOLDEN) % 1
    const middle = piece.from + length / 2
    if (length < 4 * DAY_SECONDS) return Math.floor(middle + length * (share - 0.5) * JITTER)
    // Nights and days differ more than weeks do, so the looks go round the clock.
    return Math.floor(Math.floor(middle / DAY_SECONDS) * DAY_SECONDS + share * DAY_SECONDS)
  }
}

function rowsIn({ from, to, left, right }: Sides): number {
  return (to - from) * (((left ?? right ?? 0) + (right ?? left ?? 0)) / 2)
}

function spreadOf({ from, to, left, right }: Sides): number {
  // With a neighbour on one side only, anything from nothing to twice as much is likely.
  const apart = left === null || right === null ? (left ?? right ?? 0) : Math.abs(left - right)
  return ((to - from) * apart) / 2
}

function tamed({ left, right, ...piece }: Sides, peak: number): Sides {
  if (left === null || right === null) return { ...piece, left, right }
  return {
    ...piece,
    left: Math.min(left, Math.max(right, peak)),
    right: Math.min(right, Math.max(left, peak)),
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
