import { checkTarget } from '../destinations/load.ts'
import { ACCOUNT_COLUMN, SYNCED_AT_COLUMN } from '../model/names.ts'
import type { TableRun } from './table-run.ts'

/** Refuses a table that cannot take the rows before Klaviyo is asked for any, and leaves it as it is. */
export async function checkTargetOf({ account, destination, job, loading, signal }: TableRun): Promise<void> {
  const { table, target, strategy, fullRefresh } = job
  const check = {
    account,
    sourceTable: table.name,
    target,
    strategy,
    key: table.key,
    cursorColumn: table.cursor?.field ?? null,
    refresh: fullRefresh,
    columns: [
      ...job.columns.map(({ name, type }) => ({ name, type })),
      { name: ACCOUNT_COLUMN, type: 'text' } as const,
      { name: SYNCED_AT_COLUMN, type: 'timestamp' } as const,
    ],
  }
  await loading.run(() => checkTarget(destination, check, signal))
}
