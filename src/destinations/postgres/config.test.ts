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
    'postgresql://u:a/b@host/x',
    'postgresql://u:a#b@host/x',
    'postgresql://u:a?b@host/x',
    'postgresql://u:12/b@host/x',
    'postgresql://u:12#b@host/x',
    'postgresql://u:12?b@host/x',
    'postgresql://u:a@b/c@host/x',
  ])('%s: what ends the password is to be percent-encoded', (uri) => {
    expect(() => parsePostgresUri(uri)).toThrow(/^The password .* Percent-encode .* "@" is %40/)
  })

  it('takes the last "@" for the end of the password, and lets users have one', () => {
    expect(parsePostgresUri('postgresql://u:a@b@host/x').server).toBe('host')
    expect(parsePostgresUri('postgresql://host/x?user=me@corp').server).toBe('host')
  })

  it.each(['prefer', 'require', 'verify-ca'])('the driver does not warn of sslmode=%s', (mode) => {
    const { connectionString } = parsePostgresUri(
      `postgresql://u:p@host/x?sslmode=${mode}&application_name=y`,
    )
    expect(connectionString).toBe('postgresql://u:p@host/x?sslmode=verify-full&application_name=y')
    const libpq = 'postgresql://u:p@host/x?uselibpqcompat=true&sslmode=require'
    expect(parsePostgresUri(libpq).connectionString).toBe(libpq)
  })

  it.each(['postgresql:', 'postgresql://', 'postgresql:///shop', 'postgresql://host', 'postgresql://host/'])(
    'refuses %s without repeating it',
    (uri) => {
      expect(() => parsePostgresUri(uri)).toThrow(/Write "postgresql:\/\/user:password@host:5432\/database"/)
    },
  )
})
