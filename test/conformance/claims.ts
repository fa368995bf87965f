import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Fault } from '../../src/model/error-codes.ts'
import type { Scheme } from '../../src/destinations/registry.ts'
import { connect as connectDuckDb } from '../../src/destinations/duckdb/index.ts'
import { connect as connectMySql } from '../../src/destinations/mysql/index.ts'
import { connect as connectPostgres } from '../../src/destinations/postgres/index.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { throughSql } from './eyes.ts'
import { readCsv, throughFiles } from './files-eyes.ts'
import type { Opened } from './eyes.ts'
import { mariadbPlace } from './mariadb-place.ts'
import { postgresPlace } from './postgres-place.ts'

/** "No" is spelled out. */
export type Claim = 'yes' | Readonly<{ no: string }>

/** A database to run the suite on, or why there is none here. */
export type Place = Readonly<{ uri: string; close: () => Promise<void> }> | Readonly<{ unavailable: string }>

export type WrongUri = Readonly<{ uri: string; fault: Fault; message: RegExp }>

export type Claims = Readonly<{
  place: () => Promise<Place>
  open: (uri: string, engine: Engine) => Promise<Opened>
  /** Users speak SQL to it: they make tables, columns and views that sluice finds there, and there are transactions. */
  sql: Claim
  /** A JSON value comes back byte for byte. */
  jsonVerbatim: Claim
  /** U+0000 can be stored in a text. */
  nulCharacters: Claim
  /** Names of any length are stored as they are. */
  longNames: Claim
  /** Names of any characters are. */
  anyNames: Claim
  /** A change of shape is undone with the transaction that made it. */
  undoesShape: Claim
  /** An older version of sluice may have been here. */
  olderVersions: Claim
  /** A refreshed table takes the place of the old one without copying rows. */
  swapsByRename: Claim
  /** Versions that "append" left are merged into one row when their key comes again. */
  mergesVersions: Claim
  /** There is no index of keys, so that it pays to know where they can be. */
  findsKeysByScan: Claim
  /** A running statement stops when the user says stop. `slowQuery` takes ten seconds. */
  interrupts: Claim
  slowQuery: string
  /** One row: a decimal of 29 digits and a list of 1, null and 3. */
  exactQuery: string
  /** The numbers from 1 to `to`; it fails at `at`, if it gets there. */
  failingQuery: (at: number, to: number) => string
  /** URIs that cannot be opened, made from one that can, and what is said. */
  wrongUris: Readonly<Record<string, (uri: string) => WrongUri>>
  /** Column types of the database's own, by which the suite makes tables that sluice finds there. */
  types: Readonly<{ text: string; castText: string; smallInteger: string; timestampWithoutZone: string }>
}>

const duckDbQueries = {
  exactQuery: 'select 12345678901234567890.123456789 as d, [1, null, 3] as l',
  failingQuery: (at: number, to: number): string =>
    `select case when range = ${at} then error('not this one')::bigint else range end as n from range(1, ${to + 1})`,
}

const files = {
  sql: { no: 'files speak no SQL; tables, views and columns in them are made by nobody but sluice' },
  jsonVerbatim: 'yes',
  nulCharacters: 'yes',
  longNames: 'yes',
  anyNames: 'yes',
  undoesShape: 'yes',
  olderVersions: { no: 'there was no folder of files before' },
  swapsByRename: 'yes',
  mergesVersions: 'yes',
  findsKeysByScan: 'yes',
  interrupts: { no: 'the engine ends its statement first; a batch takes a second or two' },
  slowQuery: '',
  ...duckDbQueries,
  types: { text: '', castText: '', smallInteger: '', timestampWithoutZone: '' },
} as const

const wrongFolders = (scheme: string): Claims['wrongUris'] => ({
  'no folder': () => ({ uri: `${scheme}://`, fault: 'usage', message: /names no folder/ }),
  'a file': () => ({
    uri: `${scheme}:///${import.meta.filename}`,
    fault: 'destination',
    message: /is a file, so no tables can be in it/,
  }),
})

export const claims: Readonly<Record<Scheme, Claims>> = {
  csv: {
    ...files,
    place: () => folderPlace('csv'),
    open: throughFiles('.csv.gz', readCsv),
    wrongUris: wrongFolders('csv'),
  },
  duckdb: {
    place: async () => {
      const directory = await mkdtemp(join(tmpdir(), 'sluice-conformance-'))
      return {
        uri: `duckdb:///${join(directory, 'shop.duckdb')}`,
        close: () => rm(directory, { recursive: true }),
      }
    },
    open: throughSql(connectDuckDb),
    sql: 'yes',
    jsonVerbatim: 'yes',
    nulCharacters: 'yes',
    longNames: 'yes',
    anyNames: 'yes',
    undoesShape: 'yes',
    olderVersions: 'yes',
    swapsByRename: 'yes',
    mergesVersions: 'yes',
    findsKeysByScan: 'yes',
    interrupts: { no: 'the engine ends its statement first; a batch takes a second or two' },
    slowQuery: '',
    ...duckDbQueries,
    wrongUris: {
      'no file': () => ({ uri: 'duckdb://', fault: 'usage', message: /names no DuckDB file/ }),
      'no directory': (uri) => ({
        uri: `${uri}.d/x`,
        fault: 'destination',
        message: /directory .* does not exist/,
      }),
      'held already': (uri) => ({ uri, fault: 'destination', message: /is in use by another connection/ }),
    },
    types: {
      text: 'VARCHAR',
      castText: 'VARCHAR',
      smallInteger: 'SMALLINT',
      timestampWithoutZone: 'TIMESTAMP',
    },
  },
  mysql: {
    place: mariadbPlace,
    open: throughSql(connectMySql, 'char'),
    sql: 'yes',
    jsonVerbatim: 'yes',
    nulCharacters: 'yes',
    longNames: { no: 'names have 64 characters at most; longer ones are cut and get a hash' },
    anyNames: { no: 'names have no characters beyond U+FFFF; they become "_", and the name gets a hash' },
    undoesShape: { no: 'a change of shape commits: an added column stays, empty; rows and coverage do not' },
    olderVersions: { no: 'none could load into it' },
    swapsByRename: {
      no: 'a renamed table and its coverage could not change in one step; rows are exchanged',
    },
    interrupts: 'yes',
    slowQuery: 'select sleep(10) as slept',
    exactQuery: `select 12345678901234567890.123456789 as d, json_compact(json_array(1, null, 3)) as l`,
    failingQuery: (at, to) =>
      `select cast(seq as signed) + case when seq = ${at} then 9223372036854775807 else 0 end as n from seq_1_to_${to}`,
    mergesVersions: {
      no: 'rows are found by a unique index, which versions cannot have; the message says what to do',
    },
    findsKeysByScan: { no: 'an index finds them' },
    wrongUris: {
      'no database': () => ({ uri: 'mysql://host', fault: 'usage', message: /names no MySQL database/ }),
      'an unknown option': (uri) => ({
        uri: `${uri}?sslmod=required`,
        fault: 'usage',
        message: /The option "sslmod" of the destination is not known/,
      }),
      'wrong password': (uri) => ({
        uri: changed(uri, (url) => (url.password = 'wrong')),
        fault: 'credentials',
        message: /rejected user ".*": Access denied .* Check user and password/,
      }),
      'missing database': (uri) => ({
        uri: changed(uri, (url) => (url.pathname = '/nowhere')),
        fault: 'destination',
        message: /has no database "nowhere"/,
      }),
      'nobody there': (uri) => ({
        uri: changed(uri, (url) => (url.port = '1')),
        fault: 'destination',
        message: /The MySQL server ".*:1" cannot be reached: connect ECONNREFUSED/,
      }),
    },
    types: { text: 'longtext', castText: 'char', smallInteger: 'smallint', timestampWithoutZone: 'datetime' },
  },
  parquet: {
    ...files,
    place: () => folderPlace('parquet'),
    open: throughFiles(
      '.parquet',
      (glob) => `read_parquet(${glob}, hive_partitioning = true, union_by_name = true)`,
    ),
    wrongUris: wrongFolders('parquet'),
  },
  postgresql: {
    place: postgresPlace,
    open: throughSql(connectPostgres),
    sql: 'yes',
    jsonVerbatim: {
      no: 'jsonb keeps values, not spelling: keys are sorted, and of equal ones the last stays',
    },
    nulCharacters: { no: 'no text type takes U+0000; it is left out' },
    longNames: { no: 'names have 63 bytes at most; longer ones are cut and get a hash' },
    anyNames: 'yes',
    undoesShape: 'yes',
    olderVersions: 'yes',
    swapsByRename: { no: 'views and grants hang on the table, so its rows are exchanged instead' },
    interrupts: 'yes',
    slowQuery: 'select pg_sleep(10) is null as slept',
    exactQuery: 'select 12345678901234567890.123456789 as d, array[1, null, 3] as l',
    failingQuery: (at, to) =>
      `select n / case when n = ${at} then 0 else 1 end as n from generate_series(1::bigint, ${to}) as g(n)`,
    mergesVersions: {
      no: 'rows are found by a unique index, which versions cannot have; the message says what to do',
    },
    findsKeysByScan: { no: 'an index finds them' },
    wrongUris: {
      'no database': () => ({
        uri: 'postgresql://host',
        fault: 'usage',
        message: /names no PostgreSQL database/,
      }),
      'wrong password': (uri) => ({
        uri: changed(uri, (url) => (url.password = 'wrong')),
        fault: 'credentials',
        message: /rejected user ".*": .*password authentication failed.* Check user and password/,
      }),
      'missing database': (uri) => ({
        uri: changed(uri, (url) => (url.pathname = '/nowhere')),
        fault: 'destination',
        message: /has no database "nowhere"/,
      }),
      'nobody there': (uri) => ({
        uri: changed(uri, (url) => (url.port = '1')),
        fault: 'destination',
        message: /The PostgreSQL server ".*:1" cannot be reached: connect ECONNREFUSED/,
      }),
    },
    types: {
      text: 'text',
      castText: 'text',
      smallInteger: 'smallint',
      timestampWithoutZone: 'timestamp without time zone',
    },
  },
}

async function folderPlace(scheme: string): Promise<Place> {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-conformance-'))
  return { uri: `${scheme}:///${directory}/lake`, close: () => rm(directory, { recursive: true }) }
}

function changed(uri: string, change: (url: URL) => void): string {
  const url = new URL(uri)
  change(url)
  return url.href
}
