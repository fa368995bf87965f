import { assert, option, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatTableName, parseTableName } from './table-name.ts'

describe('parseTableName', () => {
  it.each([
    ['events', { schema: null, name: 'events' }],
    ['dest.events', { schema: 'dest', name: 'events' }],
    ['"my schema"."t.x"', { schema: 'my schema', name: 't.x' }],
    ['dest."say ""hi"""', { schema: 'dest', name: 'say "hi"' }],
    [' dest . events ', { schema: 'dest', name: 'events' }],
    ['catalog-items', { schema: null, name: 'catalog-items' }],
    ['2024 orders', { schema: null, name: '2024 orders' }],
  ])('reads %s', (text, expected) => {
    expect(parseTableName(text)).toEqual(expected)
  })

  it.each(['', ' ', '.', 'a.', '.a', 'a..b', 'a.b.c', '"open', 'a"b', '""', '"a"b'])('refuses %s', (text) => {
    expect(() => parseTableName(text)).toThrow(/is not the name of a table/)
  })

  it('reads back what it writes, whatever the name', () => {
    const part = string({ minLength: 1 })
    assert(
      property(option(part), part, (schema, name) => {
        expect(parseTableName(formatTableName({ schema, name }))).toEqual({ schema, name })
      }),
    )
  })
})
