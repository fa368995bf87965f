import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Survey } from './survey.ts'
import type { Sighting } from './survey.ts'

const DAY = 86_400
const YEAR = 365 * DAY
const NOW = 1_795_000_000

/** What Klaviyo would answer: the first page of a window over sorted rows. */
function pageOf(
  rows: readonly number[],
  { from, to }: Readonly<{ from: number; to: number }>,
  size: number,
): Sighting {
  const first = lowerBound(rows, from)
  const inWindow = lowerBound(rows, to) - first
  const page = rows.slice(first, first + Math.min(size, inWindow))
  return { rows: page.length, first: page[0] ?? null, last: page.at(-1) ?? null, more: inWindow > size }
}

function lowerBound(rows: readonly number[], at: number): number {
  let [low, high] = [0, rows.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((rows[middle] ?? 0) < at) low = middle + 1
    else high = middle
  }
  return low
}

function survey(
  rows: readonly number[],
  {
    from = 0,
    to = NOW,
    pageRows = 100,
    looks = 20,
  }: Partial<Record<'from' | 'to' | 'pageRows' | 'looks', number>>,
): Readonly<{ rows: number; margin: number; looks: number }> {
  const found = new Survey({ from, to }, pageRows)
  let left = looks
  while (left > 0) {
    const places = found.next(Math.min(4, left))
    if (places.length === 0) break
    for (const place of places) found.note(place, pageOf(rows, place, pageRows))
    left -= places.length
  }
  return { ...found.guess(), looks: looks - left }
}

/** Rows whose density over time is the one given, spread as evenly as that allows. */
function rowsOf(count: number, from: number, to: number, density: (at: number) => number): readonly number[] {
  const step = (to - from) / 20_000
  const weights = Array.from({ length: 20_000 }, (_, index) => density(from + (index + 0.5) * step))
  const scale = count / weights.reduce((sum, weight) => sum + weight, 0)
  const rows: number[] = []
  let due = 0
  for (const [index, weight] of weights.entries()) {
    const before = due
    due += weight * scale
    const fresh = Math.floor(due) - Math.floor(before)
    for (let each = 0; each < fresh; each++) rows.push(Math.floor(from + (index + each / fresh) * step))
  }
  return rows
}

const growth = (at: number): number => 12 ** ((at - NOW) / (4 * YEAR))
const byNightAndDay = (at: number): number => 1 + 0.8 * Math.sin((2 * Math.PI * at) / DAY)
const beforeChristmas = (at: number): number => ((at / YEAR) % 1 > 0.85 ? 4 : 1)

describe('a survey', () => {
  test.each<readonly [string, (at: number) => number]>([
    ['even', () => 1],
    ['growing', growth],
    ['by night and day', byNightAndDay],
    [
      'growing, busier before Christmas, by night and day',
      (at) => growth(at) * beforeChristmas(at) * byNightAndDay(at),
    ],
    ['grown and shrunk', (at) => Math.exp(-(((at - NOW + 2 * YEAR) / (YEAR / 2)) ** 2))],
  ])('is near the truth after 20 looks: %s', (_, density) => {
    const rows = rowsOf(60_000, NOW - 4 * YEAR, NOW, density)
    const found = survey(rows, {})
    expect(Math.abs(found.rows - rows.length) / rows.length).toBeLessThan(0.2)
    expect(Math.abs(found.rows - rows.length)).toBeLessThan(found.margin)
  })

  test('one page tells all of a small gap', () => {
    expect(survey(rowsOf(80, NOW - YEAR, NOW, growth), {})).toEqual({ rows: 80, margin: 0, looks: 1 })
    expect(survey([], {})).toEqual({ rows: 0, margin: 0, looks: 1 })
  })

  test('sees that the rows end long before the gap does', () => {
    const rows = rowsOf(40_000, NOW - 8 * YEAR, NOW - 3 * YEAR, () => 1)
    expect(Math.abs(survey(rows, {}).rows - 40_000)).toBeLessThan(4_000)
  })

  test('a look into a peak does not make the year around it one', () => {
    const ordinary = rowsOf(20_000, NOW - YEAR, NOW, () => 1)
    const middle = NOW - YEAR / 2
    for (const at of [middle - 40 * DAY, middle, middle + DAY / 3, middle + 77 * DAY]) {
      const peak = Array.from({ length: 5_000 }, (_, index) => at + index)
      const rows = [...ordinary, ...peak].sort((a, b) => a - b)
      const found = survey(rows, { from: NOW - YEAR })
      expect(found.rows).toBeGreaterThan(rows.length * 0.6)
      expect(found.rows).toBeLessThan(rows.length * 1.6)
    }
  })

  test('says that nothing is known as long as that is so', () => {
    const rows = rowsOf(60_000, NOW - 4 * YEAR, NOW, growth)
    expect(survey(rows, { looks: 1 }).margin).toBe(Infinity)
    const few = survey(rows, { looks: 5 })
    expect(few.margin).toBeGreaterThanOrEqual(few.rows)
  })

  test('never looks outside the gap or at the same second twice, and counts every row in the end', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 3_000 }), { maxLength: 200 }),
        fc.integer({ min: 0, max: 1_000 }),
        fc.integer({ min: 1, max: 2_000 }),
        fc.integer({ min: 1, max: 9 }),
        (unsorted, from, length, pageRows) => {
          const rows = unsorted.toSorted((a, b) => a - b)
          const gap = { from, to: from + length }
          const found = new Survey(gap, pageRows)
          const seen = new Set<number>()
          for (let places = found.next(4); places.length > 0; places = found.next(4)) {
            for (const place of places) {
              expect(place.from).toBeGreaterThanOrEqual(gap.from)
              expect(place.to).toBeLessThanOrEqual(gap.to)
              expect(place.from).toBeLessThan(place.to)
              expect(seen.has(place.from)).toBe(false)
              seen.add(place.from)
              found.note(place, pageOf(rows, place, pageRows))
            }
          }
          expect(found.guess().rows).toBe(rows.filter((at) => at >= gap.from && at < gap.to).length)
        },
      ),
      { numRuns: 200 },
    )
  })
})
