import { join } from 'node:path'
import { targetText } from '../destinations/coverage-sql.ts'
import { formatTableName } from '../destinations/table-name.ts'
import { lock } from '../landing/lock.ts'
import { folderName } from '../landing/state-folder.ts'
import type { TableRun } from './table-run.ts'

/** Pages of one table for one target of one destination; a refresh keeps its own. */
export function landingFolderOf(
  { landingFolder, destination, account, job }: TableRun,
  refresh: boolean,
): string {
  // As coverage spells it: two spellings of one target share what is landed for it.
  const target = targetText(job.target, destination.dialect)
  return join(landingFolder, folderName(destination.place, account, job.table.name, target, String(refresh)))
}

/** While this is held, no other run on this machine loads the same table for the same target. */
export function lockTarget(run: TableRun): Promise<AsyncDisposable> {
  const { destination, job } = run
  const target = formatTableName(job.target)
  return lock(landingFolderOf(run, false), `table "${target}" of "${destination.label}"`)
}
