import { describe, expect, it } from 'vitest'
import { parseMySqlUri } from './config.ts'
import { connectFailed, loadFailed } from './errors.ts'

const config = parseMySqlUri('mysql://ann:secret@db/shop')
const failure = (errno: number, message: string, code = ''): Error =>
  Object.assign(new Error(message), { errno, code })

describe('connectFailed', () => {
  it.each([
    [1045, 'credentials', /rejected user "ann"/],
    [1044, 'credentials', /may not use database "shop"/],
    [1040, 'destination', /no connection left/],
    [3159, 'usage', /Add "\?ssl-mode=verify_identity"/],
    [-111, 'destination', /"db" cannot be reached: as the server says\./],
  ])('%s is the %s', (errno, fault, message) => {
    const error = connectFailed(config, failure(errno, 'as the server says'))
    expect(error).toMatchObject({ fault })
    expect(error.message).toMatch(message)
    expect(error.message).not.toContain('secret')
  })

  it('looks into a failure of several addresses', () => {
    const cause = new AggregateError([failure(-111, 'connect ECONNREFUSED ::1:3306')])
    expect(connectFailed(config, cause).message).toContain('connect ECONNREFUSED ::1:3306')
  })
})

describe('loadFailed', () => {
  it.each([
    [1114, '', "The table 't' is full", 'destination', /disk of .* is full/],
    [1142, '', 'DROP command denied', 'credentials', /DROP command denied\..*Grant the right/],
    [1205, '', 'Lock wait timeout exceeded', 'destination', /Another session holds locks/],
    [1290, '', 'running with the --read-only option', 'destination', /is read-only.*primary server/],
    [3948, '', 'Loading local data is disabled', 'destination', /set global local_infile = on/],
    [0, 'PROTOCOL_CONNECTION_LOST', 'Connection lost', 'destination', /connection to .* was lost/],
    [4031, '', 'disconnected because of inactivity', 'destination', /connection to .* was lost/],
    [-104, 'ECONNRESET', 'read ECONNRESET', 'destination', /run the same command again/],
    [1366, '', 'Incorrect integer value', 'destination', /refused the data: Incorrect integer value\./],
  ])('%s %s: %s', (errno, code, text, fault, message) => {
    const error = loadFailed(config.label, failure(errno, text, code))
    expect(error).toMatchObject({ fault })
    expect(error.message).toMatch(message)
  })

  it('does not repeat the key of a duplicate', () => {
    const error = loadFailed(
      config.label,
      failure(1062, `Duplicate entry 'shop-ann@example.com' for key 'x'`),
    )
    expect(error.message).toMatch(/several versions of a row/)
    expect(error.message).not.toContain('ann@example.com')
  })
})
