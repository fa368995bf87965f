import { describe, expect, it } from 'vitest'
import { serverOf } from './session.ts'

const ask = (version: string, more = {}) =>
  serverOf({ version, local_infile: 1n, folds_names: 0n, ...more }, 'mysql://db/shop')

describe('serverOf', () => {
  it.each([
    ['8.0.23', 'mysql', 'utf8mb4_0900_bin'],
    ['8.4.3-commercial', 'mysql', 'utf8mb4_0900_bin'],
    ['9.1.0', 'mysql', 'utf8mb4_0900_bin'],
    ['10.5.2-MariaDB', 'mariadb', 'utf8mb4_nopad_bin'],
    ['11.8.1-MariaDB-ubu2404', 'mariadb', 'utf8mb4_nopad_bin'],
  ])('%s', (version, flavor, collation) => {
    expect(ask(version)).toEqual({ flavor, collation, caseSensitive: true })
  })

  it.each(['5.7.44-log', '8.0.22', '10.4.34-MariaDB', '10.5.1-MariaDB'])('%s is too old', (version) => {
    expect(() => ask(version)).toThrow(/which is too old\. It has to be MySQL 8\.0\.23 or MariaDB 10\.5\.2/)
  })

  it('tells whether names of tables are folded', () => {
    expect(ask('8.0.40', { folds_names: 1n }).caseSensitive).toBe(false)
  })

  it('refuses a server that takes no files', () => {
    expect(() => ask('8.0.40', { local_infile: 0n })).toThrow(/set global local_infile = on/)
  })
})
