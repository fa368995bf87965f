import { describe, expect, it } from 'vitest'
import { parsePostgresUri } from './config.ts'

describe('parsePostgresUri', () => {
  it('keeps the password out of the label', () => {
    const config = parsePostgresUri('postgresql://ann:s%40cret@db.example:5433/shop?password=other')
    expect(config).toMatchObject({
      label: 'postgresql://ann@db.example:5433/shop',
      user: 'ann',
      database: 'shop',
    })
    expect(config.label).not.toContain('cret')
  })

  it('passes over the driver that other tools name', () => {
    const { connectionString } = parsePostgresUri(
      'postgresql+psycopg2://ann:x@db.example/shop?sslmode=disable',
    )
    expect(connectionString).toBe('postgresql://ann:x@db.example/shop?sslmode=disable')
  })

  it('takes the short scheme', () => {
    expect(parsePostgresUri('postgres://db.example/shop').label).toBe('postgresql://db.example/shop')
  })

  it.each([
    'postgresql:',
    'postgresql://',
    'postgresql:///shop',
    'postgresql://host',
    'postgresql://host/',
    'postgresql://u:a/b@host/x',
  ])('refuses %s without repeating it', (uri) => {
    expect(() => parsePostgresUri(uri)).toThrow(/Write "postgresql:\/\/user:password@host:5432\/database"/)
  })
})
