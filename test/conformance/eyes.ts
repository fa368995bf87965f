import type { Database, SqlRow } from '../../src/destinations/sql/database.ts'
import { shadowOf } from '../../src/destinations/sql/shadow.ts'
import {
  ACCOUNTS,
  COVERAGE,
  SNAPSHOTS,
  storeTable,
  tableOf,
  TARGETS,
  UNFINISHED,
} from '../../src/destinations/sql/store/tables.ts'
import { SqlPlace } from '../../src/destinations/sql/sql-place.ts'
import type { Place } from '../../src/destinations/target.ts'
import type { Engine } from '../../src/engine/engine.ts'
import type { TableName } from '../../src/model/names.ts'

/** How a test looks at what came of a load: past sluice, with what a user would read it with. */
export interface Eyes {
  /** `columns` and `orderBy` are SQL for the reader, as far as all of them agree. 64-bit integers are bigint. */
  rows(table: TableName, columns: string, orderBy: string): Promise<readonly SqlRow[]>
  /** Names of the columns in order; null: there is no such table. */
  names(table: TableName): Promise<readonly string[] | null>
  /** Whether something is gathered beside the table for the account. */
  hasAside(table: TableName, account: string): Promise<boolean>
  /** What a user does who wants the table gone. */
  drop(table: TableName): Promise<void>
  /** Makes the place as if nobody had written there: what tests before have left would make each account doubtful. */
  wipe(): Promise<void>
  /** Makes sluice's notes of the table look `by` versions newer than they are. */
  age(table: TableName, by: number): Promise<void>
  quote(name: string): string
  /** The name as it is stored: some are cut or changed. */
  stored(name: string): string
  /** As queries spell it that the place itself reads. */
  table(table: TableName): string
  /** The column's value as a text, whatever its type. */
  text(column: string): string
}

/** An open destination. `database` only where there is SQL for tests to speak. */
export type Opened = Readonly<{ place: Place; eyes: Eyes; database: Database | null }>

/** A SQL database, looked at through the same connection as the place's. `textType`: where a cast has names of its own. */
export const throughSql =
  (connect: (uri: string, engine: Engine) => Promise<Database>, textType: string | null = null) =>
  async (uri: string, engine: Engine): Promise<Opened> => {
    const database = await connect(uri, engine)
    return { place: new SqlPlace(database), eyes: sqlEyes(database, textType), database }
  }

function sqlEyes(database: Database, textType: string | null): Eyes {
  const { dialect } = database
  const run = (sql: string): Promise<readonly SqlRow[]> => database.query({ sql, values: [] })
  return {
    rows: (table, columns, orderBy) =>
      run(`select ${columns} from ${dialect.table(table)} order by ${orderBy}`),
    names: async (table) => (await database.describe(table))?.columns.map(({ name }) => name) ?? null,
    hasAside: async (table, account) => (await database.describe(shadowOf(table, account))) !== null,
    drop: async (table) => {
      await run(`drop table ${dialect.table(table)}`)
    },
    wipe: async () => {
      for (const name of [COVERAGE, SNAPSHOTS, UNFINISHED, ACCOUNTS, TARGETS])
        if ((await database.describe(storeTable(name))) !== null)
          await run(`delete from ${tableOf(dialect, name)}`)
    },
    age: async (_, by) => {
      const meta = dialect.table({ schema: '_sluice', name: 'meta' })
      await run(`update ${meta} set store_version = store_version + ${by}`)
    },
    quote: (name) => dialect.quote(name),
    stored: (name) => dialect.identifier(name),
    table: (table) => dialect.table(table),
    text: (column) => `cast(${dialect.quote(column)} as ${textType ?? dialect.types.text})`,
  }
}
