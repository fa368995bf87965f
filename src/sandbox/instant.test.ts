import { expect, test } from 'vitest'
import { filterSeconds, isoMicros, microsOf } from './instant.ts'

test('microseconds survive both ways', () => {
  const text = '2026-09-04T12:18:54.131026+00:00'
  expect(isoMicros(microsOf(text))).toBe(text)
  expect(microsOf('2026-09-04T12:18:54.1310+00:00') % 1_000_000).toBe(131_000)
  expect(isoMicros(1_788_524_334_000_000)).toBe('2026-09-04T12:18:54+00:00')
  expect(isoMicros(-1)).toBe('1969-12-31T23:59:59.999999+00:00')
})

test('filters read four spellings of an instant, and cut fractions', () => {
  const spellings = [
    '2026-09-04T12:18:54Z',
    '2026-09-04T12:18:54.999Z',
    '2026-09-04T14:18:54+02:00',
    '2026-09-04 12:18:54+00:00',
  ]
  expect(new Set(spellings.map(filterSeconds))).toEqual(new Set([1_788_524_334]))
  expect(filterSeconds('2026-09-04')).toBe(1_788_480_000)
  expect(filterSeconds('2026-09-04T12:18:54 00:00')).toBeNaN()
  expect(filterSeconds('tomorrow')).toBeNaN()
  expect(filterSeconds('2026-13-04T12:18:54Z')).toBeNaN()
})
