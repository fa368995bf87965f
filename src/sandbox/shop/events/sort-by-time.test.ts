import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { sortByTime } from './sort-by-time.ts'

test('sorts by time, and by slot where times are equal', () => {
  const time = fc.integer({ min: 1_600_000_000, max: 1_600_000_000 + 2 ** 29 })
  const ties = fc.integer({ min: 1_700_000_000, max: 1_700_000_003 })
  fc.assert(
    fc.property(fc.array(fc.oneof(time, ties), { maxLength: 300 }), (times) => {
      const expected = [...times.keys()].sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || a - b)
      expect([...sortByTime(Uint32Array.from(times))]).toEqual(expected)
    }),
  )
})

test('refuses what it cannot sort in two passes', () => {
  expect(() => sortByTime(Uint32Array.of(0, 2 ** 31))).toThrow(RangeError)
})
