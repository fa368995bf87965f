import { describe, expect, it } from 'vitest'
import { connectFailed, loadFailed } from './errors.ts'

const config = {
  connectionString: 'postgresql://ann:secret@db/shop',
  label: 'postgresql://ann@db/shop',
  user: 'ann',
  server: 'db',
  database: 'shop',
}
const failure = (code: string, message: string): Error => Object.assign(new Error(message), { code })

describe('connectFailed', () => {
  it.each([
    ['28000', 'credentials', /rejected user "ann"/],
    ['42501', 'credentials', /may not connect to database "shop"/],
    ['53300', 'destination', /no connection left/],
    ['ENOTFOUND', 'destination', /"db" cannot be reached/],
  ])('%s is the %s', (code, fault, message) => {
    const error = connectFailed(config, failure(code, 'as the server says'))
    expect(error).toMatchObject({ fault })
    expect(error.message).toMatch(message)
    expect(error.message).not.toContain('secret')
  })

  it('says what to write where a certificate is not trusted', () => {
    const error = connectFailed(config, failure('DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate'))
    expect(error).toMatchObject({ code: 'destination-unreachable', retry: 'never' })
    expect(error.message).toMatch(
      /is not trusted: self-signed certificate\. Name .*sslrootcert.*sslmode=no-verify/,
    )
  })

  it('looks into a failure of several addresses', () => {
    const cause = new AggregateError([failure('ECONNREFUSED', 'connect ECONNREFUSED ::1:5432')])
    expect(connectFailed(config, cause).message).toContain('connect ECONNREFUSED ::1:5432')
  })
})

describe('loadFailed', () => {
  it.each([
    ['53100', 'could not extend file', 'destination', /disk of .* is full/],
    [
      '42501',
      'permission denied for schema dest',
      'credentials',
      /permission denied for schema dest.*Grant the right/,
    ],
    [
      '57P01',
      'terminating connection due to administrator command',
      'destination',
      /connection to .* was lost/,
    ],
    ['ECONNRESET', 'read ECONNRESET', 'destination', /run the same command again/],
    ['', 'Connection terminated unexpectedly', 'destination', /connection to .* was lost/],
    [
      '',
      'Client has encountered a connection error and is not queryable',
      'destination',
      /connection to .* was lost/,
    ],
    ['', 'Client was closed and is not queryable', 'destination', /connection to .* was lost/],
    [
      '22003',
      'numeric field overflow',
      'destination',
      /refused the data: numeric field overflow\. Nothing of this batch/,
    ],
  ])('%s: %s', (code, text, fault, message) => {
    const error = loadFailed(config.label, failure(code, text))
    expect(error).toMatchObject({ fault })
    expect(error.message).toMatch(message)
  })
})
