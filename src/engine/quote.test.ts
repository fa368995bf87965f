import { expect, test } from 'vitest'
import { quoteIdentifier, quoteLiteral } from './quote.ts'

test('names and texts hold whatever they hold', () => {
  expect(quoteIdentifier('order "x"; drop')).toBe('"order ""x""; drop"')
  expect(quoteLiteral(`it's \\'`)).toBe(`'it''s \\'''`)
})
