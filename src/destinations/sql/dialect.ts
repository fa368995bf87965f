import type { TableName } from '../../model/names.ts'
import type { ColumnType } from '../../model/table.ts'
import type { SqlValue } from './database.ts'

/**
 * Facts and text of one SQL dialect. The renderer asks what a database can do and how it spells things, never
 * which one it is; whatever needs a connection belongs to the driver. Names that a function takes are quoted already,
 * unless they are a `TableName`. `standard.ts` has the spelling that most databases share.
 */
export interface Dialect extends Spelling {
  /** The type that a new column gets. */
  readonly types: Readonly<Record<ColumnType, string>>
  /** Where a table goes that was named without a schema. */
  readonly defaultSchema: string
  readonly identity: RowIdentity
  /**
   * How rows are found by key. `index`: an index on the key, which is unique unless versions stand side by side.
   * `scan`: set-based joins without any index, because the table is columnar and an index would cost more than it
   * saves.
   */
  readonly lookup: 'index' | 'scan'
  /**
   * How a refreshed table takes the place of the old one. `rename`: drop and rename in one transaction. `rows`:
   * rows are exchanged and the table stays, with the views and grants that hang on it.
   */
  readonly swap: 'rename' | 'rows'
  /**
   * What a change of shape does to an open transaction. `commits`: it commits it and cannot be rolled back, so that
   * in every transaction the shape comes first and the rows, with their coverage, after it.
   */
  readonly ddl: 'joins' | 'commits'
  /** Whether `Events` and `events` are two tables when both are quoted. */
  readonly caseSensitive: boolean
  /** The name as the database will store it: longer ones are cut where it has a limit. */
  identifier(name: string): string
  /** The stored name, quoted. */
  quote(name: string): string
  /** Quoted and qualified. */
  table(name: TableName): string
  /** Statement that makes a schema unless it is there, or comes to be there at this moment. */
  createSchema(schema: string): string
  /** Whether a column of this type (in the database's own words) takes every value of the wanted one. */
  holds(actual: string, wanted: ColumnType): boolean
  /** A staged value, cast for a column whose type is not the dialect's own for it. */
  convert(expression: string, wanted: ColumnType, actual: string): string
  /**
   * Statement that keeps others from loading the same table until the transaction ends; null: nobody else can. The
   * driver lets go of what does not end with a transaction by itself.
   */
  lock(target: TableName): string | null
}

/** How things are said that every database can say. */
export interface Spelling {
  /** The type of a key column, one of so many: where an index takes no text of any length. */
  keyType(type: string, keyColumns: number): string
  /** A column as `create table` and `add column` have it. */
  definition(name: string, type: string): string
  /** Definitions that every table has before its own columns; nobody above the driver sees these columns. */
  readonly hidden: readonly string[]
  /** What follows the definitions of a new table. */
  readonly tableOptions: string
  dropIndex(index: Readonly<{ name: string; qualified: string; table: string }>): string
  nullOf(type: string): string
  /** An instant, from milliseconds since 1970; `bind` takes a value and returns its place in the statement. */
  instant(atMs: number, bind: (value: SqlValue) => string): string
  /** Seconds since 1970, with fractions. */
  epoch(timestamp: string): string
  /** Neither is null where both are or differ where one is. */
  differ(left: string, right: string): string
  same(left: string, right: string): string
  /** An aggregate of those rows only that meet a condition; `*` counts them. */
  aggregate(name: 'count' | 'min' | 'max', expression: string, condition: string): string
  /** The beginning of a `delete` whose table has the alias `t`. */
  deleteFrom(table: string): string
}

/**
 * What tells rows of a table apart. `row id`: a hidden column, within a transaction. `key`: nothing but the key;
 * `upsert` then writes rows of which those with a known key take the place of the row that has it.
 */
export type RowIdentity =
  | Readonly<{ kind: 'row id'; column: string }>
  | Readonly<{ kind: 'key'; upsert: (parts: Upsert) => string }>

export type Upsert = Readonly<{
  table: string
  key: readonly string[]
  columns: readonly string[]
  /** A query for the values, in order of `columns`; in it `s` is the stage and `t` the table. */
  rows: string
  /** Columns that a replaced row loses its values of. */
  reset: readonly string[]
}>
