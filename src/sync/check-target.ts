import { ACCOUNT_COLUMN, SYNCED_AT_COLUMN } from '../model/names.ts'
import type { TableRun } from './table-run.ts'

/** Refuses a table that cannot take the rows before Klaviyo is asked for any, and leaves it as it is. */
export const checkTarget = ({ job, target, signal }: TableRun): Promise<void> =>
  target.check(
    [
      ...job.columns.map(({ name, type }) => ({ name, type })),
      { name: ACCOUNT_COLUMN, type: 'text' },
      { name: SYNCED_AT_COLUMN, type: 'timestamp' },
    ],
    signal,
  )
