import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Scheme } from '../../src/destinations/registry.ts'
import { postgresPlace } from './postgres-place.ts'

/** "No" is spelled out. */
export type Claim = 'yes' | Readonly<{ no: string }>

/** A database to run the suite on, or why there is none here. */
export type Place = Readonly<{ uri: string; close: () => Promise<void> }> | Readonly<{ unavailable: string }>

export type Claims = Readonly<{
  place: () => Promise<Place>
  /** A JSON value comes back byte for byte. */
  jsonVerbatim: Claim
  /** U+0000 can be stored in a text. */
  nulCharacters: Claim
  /** Names of any length are stored as they are. */
  longNames: Claim
  /** A refreshed table takes the place of the old one without copying rows. */
  swapsByRename: Claim
  /** Column types of the database's own, by which the suite makes tables that sluice finds there. */
  types: Readonly<{ text: string; smallInteger: string; timestampWithoutZone: string }>
}>

export const claims: Readonly<Record<Scheme, Claims>> = {
  duckdb: {
    place: async () => {
      const directory = await mkdtemp(join(tmpdir(), 'sluice-conformance-'))
      return {
        uri: `duckdb:///${join(directory, 'shop.duckdb')}`,
        close: () => rm(directory, { recursive: true }),
      }
    },
    jsonVerbatim: 'yes',
    nulCharacters: 'yes',
    longNames: 'yes',
    swapsByRename: 'yes',
    types: { text: 'VARCHAR', smallInteger: 'SMALLINT', timestampWithoutZone: 'TIMESTAMP' },
  },
  postgresql: {
    place: postgresPlace,
    jsonVerbatim: {
      no: 'jsonb keeps values, not spelling: keys are sorted, and of equal ones the last stays',
    },
    nulCharacters: { no: 'no text type takes U+0000; it is left out' },
    longNames: { no: 'names have 63 bytes at most; longer ones are cut and get a hash' },
    swapsByRename: { no: 'views and grants hang on the table, so its rows are exchanged instead' },
    types: { text: 'text', smallInteger: 'smallint', timestampWithoutZone: 'timestamp without time zone' },
  },
}
