import type { TableName } from '../../model/names.ts'
import type { ColumnType } from '../../model/table.ts'

/**
 * Facts and text of one SQL dialect. The renderer asks what a database can do and how it spells things, never
 * which one it is; whatever needs a connection belongs to the driver.
 */
export interface Dialect {
  /** The type that a new column gets. */
  readonly types: Readonly<Record<ColumnType, string>>
  /** Where a table goes that was named without a schema. */
  readonly defaultSchema: string
  /** Hidden column that identifies a row within a transaction. */
  readonly rowId: string
  /**
   * How rows are found by key. `index`: a unique index on the key, and `insert … on conflict`. `scan`: set-based
   * joins without any index, because the table is columnar and an index would cost more than it saves.
   */
  readonly lookup: 'index' | 'scan'
  /**
   * How a refreshed table takes the place of the old one. `rename`: drop and rename in one transaction. `rows`:
   * rows are exchanged and the table stays, with the views and grants that hang on it.
   */
  readonly swap: 'rename' | 'rows'
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
  /** Statement that keeps others from loading the same table until the transaction ends; null: nobody else can. */
  lock(target: TableName): string | null
}
