import { SLUICE_SCHEMA } from '../../../model/names.ts'
import type { TableName } from '../../../model/names.ts'
import type { ColumnType } from '../../../model/table.ts'
import type { Statement } from '../database.ts'
import type { Dialect } from '../dialect.ts'
import { createTable, plain } from '../sql.ts'

/**
 * Version of the tables below. Whoever changes them raises it, adds a migration, and adds a store of the version
 * before to test/stores.
 */
export const STORE_VERSION = 2

export const META = 'meta'
export const COVERAGE = 'coverage'
export const SNAPSHOTS = 'snapshots'
export const UNFINISHED = 'unfinished_runs'
export const ACCOUNTS = 'accounts'
export const TARGETS = 'targets'

type Columns = Readonly<Record<string, ColumnType>>

/** Whose, of which source table, in which target: what nearly everything that is remembered belongs to. */
const SCOPE: Columns = { account: 'text', source_table: 'text', target: 'text' }

/** Every column is `not null`. */
const COLUMNS: Readonly<Record<string, Columns>> = {
  [META]: { store_version: 'integer' },
  /** The windows whose rows are in. */
  [COVERAGE]: { ...SCOPE, pass: 'text', from_at: 'timestamp', to_at: 'timestamp', read_at: 'timestamp' },
  /** When tables that are read whole were last read, and how many rows they had. */
  [SNAPSHOTS]: { ...SCOPE, taken_at: 'timestamp', row_count: 'integer' },
  /** Runs that were begun and have not ended. `reread` is JSON: windows. */
  [UNFINISHED]: { ...SCOPE, started_at: 'timestamp', demand: 'text', reread: 'text' },
  /** What the account of a name was found to be: a row for each of its identities. */
  [ACCOUNTS]: { name: 'text', identity: 'text', first_seen: 'timestamp' },
  /** What the rows of a target are made of: JSON, see src/model/made-of.ts. */
  [TARGETS]: { ...SCOPE, made_of: 'text' },
}

/** The tables with a scope, by which all that is remembered of an account or a target is found. */
export const SCOPED: readonly string[] = [COVERAGE, SNAPSHOTS, UNFINISHED, TARGETS]

export const storeTable = (name: string): TableName => ({ schema: SLUICE_SCHEMA, name })
export const tableOf = (dialect: Dialect, name: string): string => dialect.table(storeTable(name))

/** One of sluice's own tables, unless it is there. */
export function createStoreTable(dialect: Dialect, name: string): Statement {
  const columns = Object.entries(COLUMNS[name] ?? {}).map(
    ([column, type]) => `${column} ${dialect.types[type]} not null`,
  )
  return createTable(dialect, `create table if not exists ${tableOf(dialect, name)}`, columns)
}

/** All of sluice's own tables, unless they are there. The version comes last: where it is, all are. */
export const createStore = (dialect: Dialect): readonly Statement[] => [
  plain(dialect.createSchema(SLUICE_SCHEMA)),
  ...Object.keys(COLUMNS).map((name) => createStoreTable(dialect, name)),
  plain(`insert into ${tableOf(dialect, META)} (store_version)
select ${STORE_VERSION}
where not exists (select 1 from ${tableOf(dialect, META)})`),
]
