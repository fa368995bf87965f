import { assert, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { postgresDialect } from './dialect.ts'

const dialect = postgresDialect('public')

describe('names in PostgreSQL', () => {
  it('stay as they are up to 63 bytes', () => {
    expect(dialect.identifier('x'.repeat(63))).toBe('x'.repeat(63))
  })

  it('are cut beyond, at a character, and stay different', () => {
    const cut = dialect.identifier('ü'.repeat(40))
    expect(cut).toMatch(/^ü{26}_[0-9a-f]{10}$/)
    expect(dialect.identifier(`${'ü'.repeat(40)}!`)).not.toBe(cut)
  })

  it('always fit, and are the same every time', () => {
    assert(
      property(string({ unit: 'binary', maxLength: 100 }), (name) => {
        const stored = dialect.identifier(name)
        expect(Buffer.byteLength(stored)).toBeLessThanOrEqual(63)
        expect(stored).not.toContain('\u0000')
        expect(dialect.identifier(stored)).toBe(stored)
      }),
    )
  })

  it('are quoted, schema and all', () => {
    expect(dialect.table({ schema: 'my "x"', name: 'select' })).toBe('"my ""x"""."select"')
    expect(dialect.table({ schema: null, name: 't' })).toBe('"public"."t"')
  })
})
