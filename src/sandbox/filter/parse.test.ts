import { describe, expect, test } from 'vitest'
import { NotAFilter, parseFilter } from './parse.ts'

const bare = (value: string) => ({ kind: 'bare', value })
const string = (value: string) => ({ kind: 'string', value })

describe('parseFilter', () => {
  test.for([
    ['greater-than(updated,2026-01-01T00:00:00Z)', 'greater-than', 'updated', bare('2026-01-01T00:00:00Z')],
    ['equals(email,"a,b)c")', 'equals', 'email', string('a,b)c')],
    [`equals(email,'say "hi"')`, 'equals', 'email', string('say "hi"')],
    [String.raw`equals(email,'o\'neil')`, 'equals', 'email', string("o'neil")],
    [String.raw`equals(email,"\u00e9 \"quoted\" \\")`, 'equals', 'email', string('é "quoted" \\')],
    [String.raw`equals(email,'back\\"slash')`, 'equals', 'email', string('back\\"slash')],
    ['has(profile)', 'has', 'profile', null],
    ['equals(_kx,"x")', 'equals', '_kx', string('x')],
    [
      'less-than(updated,2026-01-01 00:00:00+00:00)',
      'less-than',
      'updated',
      bare('2026-01-01 00:00:00+00:00'),
    ],
    ['any(id,["a","b"])', 'any', 'id', { kind: 'list', values: [string('a'), string('b')] }],
    ['any(id,[])', 'any', 'id', { kind: 'list', values: [] }],
    ['and( equals ( a.b , true ) )', 'equals', 'a.b', bare('true')],
  ] as const)('%s', ([text, operator, field, value]) => {
    expect(parseFilter(text)).toEqual([{ operator, field, value }])
  })

  test('conditions join by comma, with and without and()', () => {
    const two = parseFilter('greater-than(a,1),less-than(a,2)')
    expect(two.map(({ operator }) => operator)).toEqual(['greater-than', 'less-than'])
    expect(parseFilter('and(greater-than(a,1),less-than(a,2))')).toEqual(two)
  })

  test.for([
    '',
    'nonsense',
    'equals(a,"b"',
    'equals(a,"b"))',
    'equals(a,"b") equals(c,"d")',
    'equals(a,b@c.d)',
    'equals(a,"b',
    'equals(a,["b")',
    'or(equals(a,"b"))',
    'and(and(equals(a,"b")))',
    'equals(a,"b",)',
    'equals("a","b")',
    String.raw`equals(a,"\x")`,
  ])('refuses %s', (text) => {
    expect(() => parseFilter(text)).toThrow(NotAFilter)
  })
})
