import { expect, test } from 'vitest'
import { at, mix32, Random, unmix32 } from './random.ts'

test('mixing loses nothing', () => {
  for (const value of [0, 1, 2, 0x7fffffff, 0x80000000, 0xffffffff, 123_456_789]) {
    expect(unmix32(mix32(value))).toBe(value)
    expect(mix32(unmix32(value))).toBe(value)
  }
})

test('the same seed and subject give the same numbers, others give others', () => {
  const numbers = (seed: number, subject: string): readonly number[] => {
    const random = new Random(seed, subject)
    return Array.from({ length: 20 }, () => random.uint32())
  }
  expect(numbers(1, 'names')).toEqual(numbers(1, 'names'))
  expect(numbers(1, 'names')).not.toEqual(numbers(2, 'names'))
  expect(numbers(1, 'names')).not.toEqual(numbers(1, 'orders'))
})

test('chances come out about as often as they are said to', () => {
  const random = new Random(7, 'chances')
  const hits = Array.from({ length: 20_000 }, () => random.chance(0.2)).filter(Boolean).length
  expect(hits).toBeGreaterThan(3_700)
  expect(hits).toBeLessThan(4_300)
  const faces = new Set(Array.from({ length: 500 }, () => random.between(1, 6)))
  expect(faces).toEqual(new Set([1, 2, 3, 4, 5, 6]))
})

test('some are different ones, in order, and as many as there are', () => {
  const random = new Random(3, 'some')
  for (let round = 0; round < 50; round++) {
    const chosen = random.some([1, 2, 3, 4, 5], 3)
    expect(chosen).toEqual([...new Set(chosen)].sort((a, b) => a - b))
    expect(chosen).toHaveLength(3)
  }
  expect(random.some([1, 2], 9)).toEqual([1, 2])
})

test('lists are counted round, and an empty one is an error', () => {
  expect(at(['a', 'b'], 3)).toBe('b')
  expect(() => at([], 0)).toThrow(RangeError)
})
