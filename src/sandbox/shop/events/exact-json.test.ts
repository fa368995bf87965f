import { expect, test } from 'vitest'
import { exactJson } from './exact-json.ts'

test('long integers keep their digits; everything else is plain JSON', () => {
  expect(
    exactJson('{"a":9007199254740993,"b":[-123456789012345678901234567890],"c":"9007199254740993"}'),
  ).toEqual({
    a: 9_007_199_254_740_993n,
    b: [-123_456_789_012_345_678_901_234_567_890n],
    c: '9007199254740993',
  })
  expect(exactJson('[19.9900000000000001,1234567890123456.5,1e3,"\\"1234567890123456789\\"",null]')).toEqual([
    19.99,
    1_234_567_890_123_456.5,
    1000,
    '"1234567890123456789"',
    null,
  ])
})
