import { toUSVString } from 'node:util'
import { assert, property, string } from 'fast-check'
import { expect, test } from 'vitest'
import { hasHalfCharacter, needsMending } from './json-mending.ts'

const needs = (text: string): boolean => needsMending(Buffer.from(text))

test('plain JSON in UTF-8 is taken as it is', () => {
  for (const text of [
    '{}',
    '{"a":"ü 🎉","b":12345678901234567890,"c":0.1}',
    '{"a":"\\ud83c\\udf89 \\u00fc \\ud7ff"}',
  ])
    expect(needs(text), text).toBe(false)
})

test('a mark, other encodings and decimals beyond a double are not', () => {
  expect(needs('\uFEFF{}')).toBe(true)
  expect(needsMending(Buffer.from([0x22, 0xff, 0x22]))).toBe(true)
  expect(needsMending(Buffer.from([0x22, 0xc3, 0x22]))).toBe(true)
  expect(needs('{"a":0.12345678901234567}')).toBe(true)
  expect(needs('{"a":12345678901234567890e1}')).toBe(true)
})

test('half a surrogate pair is none, wherever it stands', () => {
  for (const text of [
    '\\ud83c',
    '\\uD83C x',
    '\\udf89',
    'x \\uDF89',
    '\\ud83c\\ud83c\\udf89',
    '\\ud83c\\udf89\\udf89',
    '\\udf89\\ud83c',
    '\\ud83c\\u0041',
    '\\ud83c\\\\udf89',
    '\\\\\\ud83c',
  ])
    expect(needs(`{"a":"${text}"}`), text).toBe(true)
  for (const text of ['\\ud83c\\uDF89', '\\\\ud83c', '\\\\\\\\udf89', '\\\\\\ud83c\\udf89'])
    expect(needs(`{"a":"${text}"}`), text).toBe(false)
})

test('agrees with the characters that JavaScript finds', () => {
  const escaped = (text: string): string =>
    [...Array(text.length).keys()]
      .map((at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`)
      .join('')
  assert(
    property(
      string({ unit: 'binary', maxLength: 8 }),
      string({ unit: 'binary', maxLength: 2 }),
      (left, right) => {
        // Cut in the middle of a pair now and then.
        const text = `${left.slice(0, -1)}${right.slice(1)}`
        expect(hasHalfCharacter(Buffer.from(`"${escaped(text)}"`))).toBe(toUSVString(text) !== text)
      },
    ),
    { numRuns: 2_000 },
  )
})
