import { assert, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mySqlDialect } from './dialect.ts'

const facts = { database: 'shop', collation: 'utf8mb4_0900_bin', caseSensitive: true }
const dialect = mySqlDialect(facts)

describe('names in MySQL', () => {
  it('stay as they are up to 64 characters', () => {
    expect(dialect.identifier('ü'.repeat(64))).toBe('ü'.repeat(64))
  })

  it('are cut beyond, and stay different', () => {
    const cut = dialect.identifier('x'.repeat(65))
    expect(cut).toMatch(/^x{53}_[0-9a-f]{10}$/)
    expect(dialect.identifier('x'.repeat(66))).not.toBe(cut)
  })

  it('lose what cannot be stored, and stay different', () => {
    expect(dialect.identifier('cart 🛒')).toMatch(/^cart __[0-9a-f]{10}$/)
    expect(dialect.identifier('cart 🛍')).not.toBe(dialect.identifier('cart 🛒'))
    expect(dialect.identifier('x ')).not.toBe('x')
  })

  it('always fit, and are the same every time', () => {
    assert(
      property(string({ unit: 'binary', minLength: 1, maxLength: 100 }), (name) => {
        const stored = dialect.identifier(name)
        expect(stored.length).toBeLessThanOrEqual(64)
        expect(stored).not.toContain('\u0000')
        expect(stored).not.toMatch(/[\uD800-\uDFFF]|\s$/)
        expect(dialect.identifier(stored)).toBe(stored)
      }),
    )
  })

  it('are quoted, schema and all', () => {
    expect(dialect.table({ schema: 'my `x`', name: 'select' })).toBe('`my ``x```.`select`')
    expect(dialect.table({ schema: null, name: 't' })).toBe('`shop`.`t`')
  })
})

describe('a lock in MySQL', () => {
  const lock = (name: string, caseSensitive = true): string | null =>
    mySqlDialect({ ...facts, caseSensitive }).lock({ schema: null, name })

  it('has a name that fits, whatever the name of the table', () => {
    expect(lock('x'.repeat(500))).toMatch(/^select get_lock\('sluice [0-9a-f]{40}', /)
  })

  it('is one for two spellings where the server sees one table', () => {
    expect(lock('Events')).not.toBe(lock('events'))
    expect(lock('Events', false)).toBe(lock('events', false))
  })
})

describe('columns that are there already', () => {
  it.each([
    ['longtext', 'text', true],
    ['varchar(50) collate utf8mb4_general_ci', 'text', true],
    ['longtext collate latin1_swedish_ci', 'text', false],
    ['decimal(38,0)', 'integer', true],
    ['decimal(10,2)', 'decimal', false],
    ['float', 'decimal', false],
    ['timestamp', 'timestamp', false],
    ['datetime', 'timestamp', false],
    ['json (native)', 'json', false],
  ] as const)('%s takes %s: %s', (actual, wanted, holds) => {
    expect(dialect.holds(actual, wanted)).toBe(holds)
  })
})
