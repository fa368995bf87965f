import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { jsonText, members } from './json.ts'

test('large integers keep their digits wherever they are', () => {
  expect(jsonText({ a: [2n ** 64n, { b: -(2n ** 70n) }], c: 'x' })).toBe(
    '{"a":[18446744073709551616,{"b":-1180591620717411303424}],"c":"x"}',
  )
})

test('no text of a row is taken for an integer', () => {
  const texts = ['\u000012', '\u00001', 'integer 12', '"12"']
  expect(JSON.parse(jsonText([...texts, 2n]))).toEqual([...texts, 2])
})

test('members are what JSON.parse finds, each verbatim', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const text = JSON.stringify(value)
      const found = [...members(text)].map(([name, part]) => [name, JSON.parse(part) as unknown])
      expect(JSON.stringify(Object.fromEntries(found))).toBe(JSON.stringify(JSON.parse(text)))
    }),
  )
  expect([...members('{"n":1.50,"o":{"a":[1,"}"]},"s":"\\"}"}')]).toEqual([
    ['n', '1.50'],
    ['o', '{"a":[1,"}"]}'],
    ['s', '"\\"}"'],
  ])
})
