import type { EpochSeconds, Window } from './time.ts'

/**
 * An interval whose rows are in the destination, and when its end was read. Rows keep appearing for a while
 * behind the time they carry, so what was read at T is only settled up to T minus the lookback.
 */
export type Covered = Readonly<Window & { readAt: EpochSeconds }>

/** The whole state of one (account, table, pass): sorted, disjoint intervals. */
export type Coverage = readonly Covered[]

/** A window that is in, and the pass that read it. */
export type PassCovered = Readonly<{ pass: string; window: Covered }>

/**
 * Adds an interval. What it overlaps is replaced by it; neighbours that touch become one, unless the earlier one's
 * end was read so soon that, by this lookback, it needs a second look: joined, the later read time would hide that.
 */
export function cover(coverage: Coverage, added: Covered, lookbackSeconds = 0): Coverage {
  if (added.to <= added.from) return coverage
  const pieces = [...uncover(coverage, added), added].sort((a, b) => a.from - b.from)
  // From the end, as what is joined has the read time of its end.
  return pieces.reduceRight<Covered[]>((merged, piece) => {
    const [next, ...rest] = merged
    if (next === undefined || piece.to < next.from) return [piece, ...merged]
    const isUnsettled = piece.to > piece.readAt - lookbackSeconds
    if (isUnsettled && piece.readAt < next.readAt) return [piece, ...merged]
    return [{ from: piece.from, to: next.to, readAt: next.readAt }, ...rest]
  }, [])
}

/** Forgets an interval. */
export function uncover(coverage: Coverage, { from, to }: Window): Coverage {
  return coverage.flatMap((piece) => {
    if (piece.to <= from || piece.from >= to) return [piece]
    return [
      { ...piece, to: Math.min(piece.to, from) },
      { ...piece, from: Math.max(piece.from, to) },
    ].filter((part) => part.from < part.to)
  })
}

/** The part that needs no second look: each interval up to its read time less the lookback. */
export function settled(coverage: Coverage, lookbackSeconds: number): Coverage {
  return coverage
    .map((piece) => ({ ...piece, to: Math.min(piece.to, piece.readAt - lookbackSeconds) }))
    .filter((piece) => piece.from < piece.to)
}

/** What of `wanted` is not covered, in order. */
export function gaps(coverage: Coverage, wanted: Window): readonly Window[] {
  const found: Window[] = []
  let from = wanted.from
  for (const piece of coverage) {
    if (piece.from >= wanted.to) break
    if (piece.from > from) found.push({ from, to: piece.from })
    from = Math.max(from, piece.to)
  }
  if (from < wanted.to) found.push({ from, to: wanted.to })
  return found
}
