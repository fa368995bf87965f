import * as fc from 'fast-check'
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

  test('is sorted and disjoint; neighbours are one unless the earlier needs a second look', () => {
    fc.assert(
      fc.property(changesArbitrary, (changes) => {
        const coverage = apply(changes)
        for (const [index, piece] of coverage.entries()) {
          expect(piece.from).toBeLessThan(piece.to)
          const next = coverage[index + 1]
          if (next === undefined) continue
          expect(piece.to).toBeLessThanOrEqual(next.from)
          const isSettled = piece.to <= piece.readAt || piece.readAt >= next.readAt
          if (isSettled && changes.every(({ kind }) => kind === 'cover'))
            expect(piece.to).toBeLessThan(next.from)
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

  test('an end that was read too soon stays apart from what is read later, until it is read again', () => {
    const days = [1, 2, 3].reduce<Coverage>(
      (coverage, day) => cover(coverage, { from: day - 1, to: day, readAt: day }, 2),
      [],
    )
    expect(days).toEqual([
      { from: 0, to: 1, readAt: 1 },
      { from: 1, to: 2, readAt: 2 },
      { from: 2, to: 3, readAt: 3 },
    ])
    expect(gaps(settled(days, 2), { from: 0, to: 20 })).toEqual([{ from: 0, to: 20 }])
    expect(cover(days, { from: 0, to: 3, readAt: 20 }, 2)).toEqual([{ from: 0, to: 3, readAt: 20 }])
    const later = cover(days, { from: 3, to: 4, readAt: 20 }, 2)
    expect(gaps(settled(later, 2), { from: 0, to: 20 })).toEqual([
      { from: 0, to: 3 },
      { from: 4, to: 20 },
    ])
  })

  test('joining never makes anything settled that was not', () => {
    fc.assert(
      fc.property(
        fc.array(coveredArbitrary, { maxLength: 12 }),
        fc.integer({ min: 0, max: 30 }),
        (all, lookback) => {
          const joined = all.reduce<Coverage>((coverage, each) => cover(coverage, each, lookback), [])
          const isSettled = seconds(settled(joined, lookback))
          const readAt = Array.from({ length: END }, () => -Infinity)
          for (const each of all) for (let at = each.from; at < each.to; at++) readAt[at] = each.readAt
          for (let at = 0; at < END; at++)
            if (isSettled[at]) expect((readAt[at] ?? 0) - lookback).toBeGreaterThan(at)
        },
      ),
    )
  })
})
