import type { ColumnType } from './table.ts'

/**
 * A value of a query's row, exact: 64-bit integers and larger ones are bigint; decimals are text, digit by digit, and
 * binary floating-point ones numbers; instants are `2026-01-31T12:00:00.123456Z`, without the `Z` where the database
 * has no zone; JSON, lists and structures are JSON text.
 */
export type QueryValue = string | number | bigint | boolean | null

export type QueryColumn = Readonly<{
  name: string
  type: ColumnType
  /** In the database's own words. */
  actual: string
}>

/** The rows of a query, in its order. They are read from the database as they are pulled. */
export interface QueryRows extends AsyncDisposable {
  /** Names may occur twice, as the query has them. */
  readonly columns: readonly QueryColumn[]
  /**
   * Batches of rows, a value per column. When it ends without an error, every row of the query was in it: a result that
   * broke off in the middle is an error and never a small result. May be called once.
   * @throws SluiceError
   */
  batches(): AsyncIterable<readonly (readonly QueryValue[])[]>
}
