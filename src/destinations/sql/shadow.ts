import { createHash } from 'node:crypto'
import type { TableName } from '../../model/names.ts'

/**
 * Where an account's rows are gathered aside of a table; readers keep the old ones until `complete`. Each account has
 * its own: they come and go at different times.
 */
export const shadowOf = (table: TableName, account: string): TableName => beside(table, 'aside', account)

/** Where the keys of an account's rows are gathered that Klaviyo still has. */
export const rollOf = (table: TableName, account: string): TableName => beside(table, 'roll', account)

const beside = ({ schema, name }: TableName, what: string, account: string): TableName => ({
  schema,
  name: `${name}__sluice_${what}_${createHash('sha256').update(account).digest('hex').slice(0, 10)}`,
})
