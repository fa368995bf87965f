import { expect, test } from 'vitest'
import { blackFriday, Calendar } from './calendar.ts'
import { Random } from './random.ts'
import { DAY_S, midnight } from './time-text.ts'

const now = midnight(2026, 7, 20) + 34_200
const calendar = new Calendar(now * 1000)

test('Black Friday is the day after the fourth Thursday', () => {
  expect(blackFriday(2022)).toBe(midnight(2022, 11, 25))
  expect(blackFriday(2023)).toBe(midnight(2023, 11, 24))
  expect(blackFriday(2024)).toBe(midnight(2024, 11, 29))
  expect(blackFriday(2025)).toBe(midnight(2025, 11, 28))
})

test('everything happens within four years up to now', () => {
  expect(now - calendar.startS).toBeGreaterThan(4 * 365 * DAY_S)
  const random = new Random(1, 'samples')
  for (let k = 0; k < 2_000; k++) {
    const atS = calendar.sample(random)
    expect(atS).toBeGreaterThanOrEqual(calendar.startS)
    expect(atS).toBeLessThan(now)
  }
})

test('shares lie in the order of time', () => {
  const moments = [0, 0.1, 0.25, 0.5, 0.75, 0.9, 1].map((share) => calendar.quantile(share))
  expect(moments).toEqual(moments.toSorted((a, b) => a - b))
  expect(moments[0]).toBe(calendar.startS)
  expect(moments.at(-1)).toBeLessThan(now)
})

test('the shop grows, and Black Friday is busier than any other Friday of its month', () => {
  const random = new Random(2, 'growth')
  const days = new Map<number, number>()
  for (let k = 0; k < 60_000; k++) {
    const day = Math.floor(calendar.sample(random) / DAY_S) * DAY_S
    days.set(day, (days.get(day) ?? 0) + 1)
  }
  const between = (from: number, to: number): number =>
    [...days].filter(([day]) => day >= from && day < to).reduce((sum, [, count]) => sum + count, 0)
  expect(between(now - 365 * DAY_S, now)).toBeGreaterThan(
    2 * between(calendar.startS, calendar.startS + 365 * DAY_S),
  )
  const friday = blackFriday(2025)
  expect(days.get(friday) ?? 0).toBeGreaterThan(4 * (days.get(friday - 14 * DAY_S) ?? 0))
})
