import { describe, expect, it } from 'vitest'
import { parseMySqlUri } from './config.ts'

describe('parseMySqlUri', () => {
  it('keeps the password out of the label', () => {
    const config = parseMySqlUri('mysql://ann:s%40cret@db.example:3307/shop?ssl-mode=required')
    expect(config).toMatchObject({
      label: 'mysql://ann@db.example:3307/shop',
      host: 'db.example',
      port: 3307,
      user: 'ann',
      password: 's@cret',
      database: 'shop',
      tls: { kind: 'encrypted' },
    })
    expect(config.label).not.toContain('cret')
  })

  it.each([
    'mysql+pymysql://ann:x@db/shop?charset=utf8mb4',
    'mariadb://ann:x@db/shop',
    'mariadb+mariadbconnector://ann@db:3306/shop',
  ])('takes %s, as other tools spell it', (uri) => {
    expect(parseMySqlUri(uri)).toMatchObject({
      host: 'db',
      port: 3306,
      database: 'shop',
      tls: { kind: 'none' },
    })
  })

  it('takes an address in brackets', () => {
    expect(parseMySqlUri('mysql://ann@[::1]:3307/shop')).toMatchObject({
      host: '::1',
      label: 'mysql://ann@[::1]:3307/shop',
    })
  })

  it.each([
    ['?ssl-mode=VERIFY_IDENTITY', { kind: 'verified', identity: true, caFile: null }],
    ['?ssl_ca=ca.pem', { kind: 'verified', identity: false, caFile: 'ca.pem' }],
    ['?tls=skip-verify', { kind: 'encrypted' }],
    ['?sslmode=disabled', { kind: 'none' }],
  ])('%s', (options, tls) => {
    expect(parseMySqlUri(`mysql://db/shop${options}`).tls).toEqual(tls)
  })

  it.each([
    ['?ssl-mode=preferred', /"ssl-mode" cannot be "preferred"\. Use one of "disabled"/],
    ['?ssl-mode=constructor', /cannot be "constructor"/],
    ['?password=secret', /option "password" of the destination is not known/],
  ])('refuses %s', (options, message) => {
    expect(() => parseMySqlUri(`mysql://db/shop${options}`)).toThrow(message)
  })

  it.each(['mysql:', 'mysql://', 'mysql:///shop', 'mysql://host', 'mysql://host/'])(
    'refuses %s without repeating it',
    (uri) => {
      expect(() => parseMySqlUri(uri)).toThrow(/Write "mysql:\/\/user:password@host:3306\/database"/)
    },
  )

  it('says what is special in a password, without repeating it', () => {
    expect(() => parseMySqlUri('mysql://u:a/b@host/x')).toThrow(/Percent-encode what is special in it/)
  })
})
