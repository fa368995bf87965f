import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mend } from './mend.ts'

const unwrapped = (body: string): string => body.replace(/"\\u0001sluice:([^"]*)"/g, '$1')

describe('mend', () => {
  test('wraps the numbers that would change, and leaves strings alone', () => {
    expect(
      mend(
        '{"1.2345678901234567890":-0.10000000000000000001,"b":[1.5,1E5,1.50,1e-400,1e400,"x\\"0.10000000000000000001"]}',
      ),
    ).toBe(
      '{"1.2345678901234567890":"\\u0001sluice:-0.10000000000000000001","b":[1.5,1E5,1.50,"\\u0001sluice:1e-400",1e400,"x\\"0.10000000000000000001"]}',
    )
  })

  test('changes nothing but wrappings in any JSON', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), (json) => {
        expect(unwrapped(mend(json))).toBe(json)
      }),
    )
  })

  test('leaves no half of a surrogate pair, and every whole one', () => {
    const units = fc.constantFrom('\\ud83d', '\\ude00', '\\\\', 'ud800', 'x', '\\uD83D\\uDE00', '\\n')
    fc.assert(
      fc.property(fc.array(units, { maxLength: 12 }), (parts) => {
        const text = `"${parts.join('')}"`
        const expected: unknown = JSON.parse(text)
        expect(JSON.parse(mend(text))).toBe(Buffer.from(String(expected)).toString())
      }),
    )
  })
})
