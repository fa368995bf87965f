import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cover, gaps, settled, uncover } from './coverage.ts'
import type { Coverage, Covered } from './coverage.ts'

const END = 40

const windowArbitrary = fc
  .tuple(fc.integer({ min: 0, max: END - 1 }), fc.integer({ min: 1, max: 10 }))
  .map(([from, length]) => ({ from, to: Math.min(END, from + length) }))

const coveredArbitrary: fc.Arbitrary<Covered> = fc
  .tuple(windowArbitrary, fc.integer({ min: 0, max: 100 }))
  .map(([window, readAt]) => ({ ...window, readAt }))

type Change = Readonly<{ kind: 'cover' | 'uncover'; window: Covered }>
const changesArbitrary = fc.array(
  fc.record<Change>({ kind: fc.constantFrom('cover', 'uncover'), window: coveredArbitrary }),
  { maxLength: 20 },
)

const apply = (changes: readonly Change[]): Coverage =>
  changes.reduce<Coverage>(
    (coverage, { kind, window }) => (kind === 'cover' ? cover(coverage, window) : uncover(coverage, window)),
    [],
  )

/** The same as a set of seconds. */
const model = (changes: readonly Change[]): readonly boolean[] => {
  const seconds = Array.from({ length: END }, () => false)
  for (const { kind, window } of changes)
    for (let at = window.from; at < window.to; at++) seconds[at] = kind === 'cover'
  return seconds
}

const seconds = (coverage: readonly Readonly<{ from: number; to: number }>[]): readonly boolean[] =>
  Array.from({ length: END }, (_, at) => coverage.some(({ from, to }) => from <= at && at < to))

describe('coverage', () => {
  test('is the set of seconds that were covered and not uncovered since', () => {
    fc.assert(
      fc.property(changesArbitrary, (changes) => {
        expect(seconds(apply(changes))).toEqual(model(changes))
      }),
    )
  })

  test('is sorted, disjoint, and neighbours are one', () => {
    fc.assert(
      fc.property(changesArbitrary, (changes) => {
        const coverage = apply(changes)
        for (const [index, piece] of coverage.entries()) {
          expect(piece.from).toBeLessThan(piece.to)
          const next = coverage[index + 1]
          if (next !== undefined && changes.every(({ kind }) => kind === 'cover'))
            expect(piece.to).toBeLessThan(next.from)
          if (next !== undefined) expect(piece.to).toBeLessThanOrEqual(next.from)
        }
      }),
    )
  })

  test('gaps are what is wanted and not covered', () => {
    fc.assert(
      fc.property(changesArbitrary, windowArbitrary, (changes, wanted) => {
        const coverage = apply(changes)
        const missing = seconds(gaps(coverage, wanted))
        const expected = model(changes).map((isIn, at) => !isIn && wanted.from <= at && at < wanted.to)
        expect(missing).toEqual(expected)
      }),
    )
  })

  test('filling the gaps covers all that was wanted', () => {
    fc.assert(
      fc.property(changesArbitrary, windowArbitrary, (changes, wanted) => {
        const coverage = apply(changes)
        const filled = gaps(coverage, wanted).reduce<Coverage>(
          (sum, gap) => cover(sum, { ...gap, readAt: 0 }),
          coverage,
        )
        expect(gaps(filled, wanted)).toEqual([])
      }),
    )
  })

  test('is settled up to its read time less the lookback', () => {
    const coverage = [
      { from: 0, to: 10, readAt: 10 },
      { from: 20, to: 30, readAt: 100 },
    ]
    expect(settled(coverage, 3)).toEqual([
      { from: 0, to: 7, readAt: 10 },
      { from: 20, to: 30, readAt: 100 },
    ])
    expect(settled(coverage, 10)).toEqual([{ from: 20, to: 30, readAt: 100 }])
  })

  test('a joined interval is as fresh as its end', () => {
    const first = cover([], { from: 0, to: 10, readAt: 10 })
    expect(cover(first, { from: 10, to: 20, readAt: 20 })).toEqual([{ from: 0, to: 20, readAt: 20 }])
    expect(cover(cover([], { from: 10, to: 20, readAt: 20 }), { from: 0, to: 10, readAt: 99 })).toEqual([
      { from: 0, to: 20, readAt: 20 },
    ])
  })
})
