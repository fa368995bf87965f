import { expect, test } from 'vitest'
import { retryAfterMs, statedLimits } from './rate-headers.ts'

test('limits with a window are read, the rest is passed over', () => {
  expect(statedLimits('75, 75;w=1, 750;w=60')).toEqual([
    { limit: 75, windowSeconds: 1 },
    { limit: 750, windowSeconds: 60 },
  ])
  expect(statedLimits('1, 1;w=1, 2;w=60, 225;w=86400')).toHaveLength(3)
  for (const odd of [undefined, '', 'many', '0;w=1', '5;w=0', '-5;w=1', '5;w=one']) {
    expect(statedLimits(odd)).toEqual([])
  }
})

test('the wait is read in seconds or as a date', () => {
  expect(retryAfterMs('7', undefined, 0)).toBe(7_000)
  expect(retryAfterMs(' 0.25 ', undefined, 0)).toBe(250)
  const date = 'Wed, 21 Oct 2026 07:28:30 GMT'
  expect(retryAfterMs(date, 'Wed, 21 Oct 2026 07:28:00 GMT', 0)).toBe(30_000)
  expect(retryAfterMs(date, undefined, Date.UTC(2026, 9, 21, 7, 28, 20))).toBe(10_000)
  expect(retryAfterMs(date, undefined, Date.UTC(2027, 0, 1))).toBe(0)
  for (const odd of [undefined, '', 'soon', '5 monkeys', '-3'])
    expect(retryAfterMs(odd, undefined, 0)).toBeNull()
})
