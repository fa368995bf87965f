import { describe, expect, it } from 'vitest'
import { positional } from './positional.ts'

describe('positional', () => {
  it('puts values in the order of the text, as often as they are named', () => {
    const statement = { sql: 'a = $2 and b = $1 and c = $2 and d = $10', values: 'abcdefghij'.split('') }
    expect(positional(statement)).toEqual({
      sql: 'a = ? and b = ? and c = ? and d = ?',
      values: ['b', 'a', 'b', 'j'],
    })
  })

  it.each([
    ['`$1` = $1', '`$1` = ?'],
    ['"$1""$2" = $1', '"$1""$2" = ?'],
    ["'it''s $1' = $1", "'it''s $1' = ?"],
    ["`a'b` = $1 and `c'd` = 'x'", "`a'b` = ? and `c'd` = 'x'"],
    ["'\\' = $1", "'\\' = ?"],
  ])('leaves names and texts alone: %s', (sql, expected) => {
    expect(positional({ sql, values: ['v'] })).toEqual({ sql: expected, values: ['v'] })
  })
})
