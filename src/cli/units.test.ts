import { expect, test } from 'vitest'
import { asFlag, bytes, counted, duration, roughly, span } from './units.ts'

test.each([
  [0, '0.0 s'],
  [9_949, '9.9 s'],
  [9_960, '10 s'],
  [59_700, '1 min'],
  [119_700, '2 min'],
  [125_000, '2 min 5 s'],
  [3_599_900, '1 h'],
  [3_600_000 * 3 + 60_000 * 20, '3 h 20 min'],
  [86_400_000 * 2 + 3_600_000, '2 days'],
])('%d ms take %s', (milliseconds, text) => {
  expect(duration(milliseconds)).toBe(text)
})

test.each([
  [1, '1 second'],
  [59, '59 seconds'],
  [60, '1 minute'],
  [300, '5 minutes'],
  [90 * 60, '90 minutes'],
  [3_600, '1 hour'],
  [86_400, '1 day'],
  [36 * 3_600, '36 hours'],
  [47.5 * 3_600, '2 days'],
  [30 * 3_600, '30 hours'],
  [86_400 * 7, '7 days'],
])('%d s are %s', (seconds, text) => {
  expect(span(seconds)).toBe(text)
})

test.each([
  [86_400 * 14, '14d'],
  [3_600 * 36, '36h'],
  [600, '10m'],
])('%d s are written %s', (seconds, text) => {
  expect(asFlag(seconds)).toBe(text)
})

test.each([
  [400, '1 s'],
  [59_000, '59 s'],
  [61_000, '2 min'],
  [3_600_000, '1 h'],
  [12_000_000, '3 h 20 min'],
])('%d ms are roughly %s', (milliseconds, text) => {
  expect(roughly(milliseconds)).toBe(text)
})

test('counts and sizes', () => {
  expect(counted(1, 'row')).toBe('1 row')
  expect(counted(1_234_567, 'row')).toBe('1,234,567 rows')
  expect([999, 999_400, 999_600, 999_940_000, 999_960_000].map(bytes)).toEqual([
    '999 B',
    '999 kB',
    '1.0 MB',
    '999.9 MB',
    '1.00 GB',
  ])
})
