import { expect, test } from 'vitest'
import { ServerTime } from './server-time.ts'

const noon = Date.UTC(2026, 0, 1, 12)
const date = 'Thu, 01 Jan 2026 12:00:00 GMT'

test('a clock that is ahead is put back; one that is behind or about right is left alone', () => {
  for (const [aheadMs, wanted] of [
    [3_600_000, noon],
    [6_000, noon],
    [4_900, noon + 4_900],
    [0, noon],
    [-3_600_000, noon - 3_600_000],
  ] as const) {
    const time = new ServerTime()
    time.observe(date, noon + aheadMs)
    expect(time.at(noon + aheadMs), String(aheadMs)).toBe(wanted)
  }
})

test('an answer that was long under way says nothing about the clock once another came at once', () => {
  const time = new ServerTime()
  time.observe(date, noon + 40_000)
  time.observe(date, noon + 700)
  expect(time.at(noon + 50_000)).toBe(noon + 50_000)
})

test('without a date, or with one that is none, nothing is known', () => {
  const time = new ServerTime()
  time.observe(undefined, noon)
  time.observe('soon', noon)
  expect(time.at(noon)).toBe(noon)
})
