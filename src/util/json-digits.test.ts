import { expect, test } from 'vitest'
import { losesDigits } from './json-digits.ts'

test('finds a long decimal wherever it lies', () => {
  for (let before = 0; before < 40; before++) {
    expect(losesDigits(Buffer.from(`${' '.repeat(before)}1234567890.1234567890123456789,1`))).toBe(true)
    expect(losesDigits(Buffer.from(`${' '.repeat(before)}[9.99,12.5]0.12345678901234567`))).toBe(true)
  }
})

test('does not mind what a double holds, nor long integers', () => {
  expect(
    losesDigits(Buffer.from('[59.980000000000004,0.1,123456789012345678901234567890,"2026-01-01"]')),
  ).toBe(false)
})
