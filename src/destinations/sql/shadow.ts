import { createHash } from 'node:crypto'
import type { TableName } from '../../model/names.ts'

/**
 * Where an account's rows are gathered aside of a table; readers keep the old ones until `complete`. Each account has
 * its own: they come and go at different times.
 */
export const shadowOf = ({ schema, name }: TableName, account: string): TableName => ({
  schema,
  name: `${name}__sluice_aside_${createHash('sha256').update(account).digest('hex').slice(0, 10)}`,
})
