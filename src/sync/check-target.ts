import { SluiceError } from '../model/errors.ts'
import { ACCOUNT_COLUMN, SYNCED_AT_COLUMN } from '../model/names.ts'
import type { TableRun } from './table-run.ts'

/** Refuses a table that cannot take the rows before Klaviyo is asked for any, and leaves it as it is. */
export async function checkTarget({ job, target, place, signal }: TableRun): Promise<void> {
  if (job.reconcile && !target.canMark)
    throw new SluiceError(
      'unsupported-option',
      (option) =>
        `In "${place.label}" rows cannot be marked one by one, so ${option('reconcile')} is not possible there. Leave it out; ${option('fullRefresh')} reads everything anew, without the rows that are gone.`,
      { facts: { table: job.table.name, option: 'reconcile' } },
    )
  await target.check(
    [
      ...job.columns.map(({ name, type }) => ({ name, type })),
      { name: ACCOUNT_COLUMN, type: 'text' },
      { name: SYNCED_AT_COLUMN, type: 'timestamp' },
    ],
    signal,
  )
}
