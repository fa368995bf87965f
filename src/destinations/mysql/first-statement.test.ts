import { describe, expect, it } from 'vitest'
import { firstStatement } from './first-statement.ts'

describe('firstStatement', () => {
  it.each([
    ['select 1', 'select 1'],
    ['select 1;  -- all of it', 'select 1'],
    ['select 1 ; # done\n /* really; */ ;', 'select 1 '],
    [
      "select ';', `a;b`, \"it\\\";s\", 'it''s;' -- no; end",
      "select ';', `a;b`, \"it\\\";s\", 'it''s;' -- no; end",
    ],
    ['-- first\n(select 1) union (select 2)', '-- first\n(select 1) union (select 2)'],
    ['/* x */ with a as (select 1) select * from a', '/* x */ with a as (select 1) select * from a'],
    ['select 5--1', 'select 5--1'],
  ])('%s', (query, expected) => {
    expect(firstStatement(query)).toBe(expected)
  })

  it.each([
    '',
    '-- nothing',
    'select 1; select 2',
    'drop table t',
    '/*! drop table t */',
    'call p()',
    '-- select\ndelete from t',
  ])('refuses %s', (query) => {
    expect(() => firstStatement(query)).toThrow(/not one statement that reads/)
  })
})
