import { readOtherSources } from '../destinations/coverage-store.ts'
import type { Scope } from '../destinations/coverage-store.ts'
import type { Destination } from '../destinations/destination.ts'
import { checkTarget } from '../destinations/load.ts'
import { formatTableName } from '../destinations/table-name.ts'
import { SluiceError } from '../model/errors.ts'
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
  await loading.run(async () => {
    await refuseMixture(destination, check)
    await checkTarget(destination, check, signal)
  })
}

/** A name that was copied and not changed would mark every row of the other table as gone, or delete it. */
async function refuseMixture(destination: Destination, scope: Scope): Promise<void> {
  const [other] = await readOtherSources(destination, scope)
  if (other !== undefined)
    throw new SluiceError(
      'usage',
      `Table "${formatTableName(scope.target)}" holds Klaviyo's "${other}", so "${scope.sourceTable}" cannot go there. Name another --dest-table, or drop the table first.`,
    )
}
