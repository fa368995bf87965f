import { join } from 'node:path'
import { lock } from '../landing/lock.ts'
import { folderName } from '../landing/state-folder.ts'
import { formatTableName } from '../model/table-name.ts'
import type { TableRun } from './table-run.ts'

/** Pages of one table for one target of one destination; what is gathered aside has its own. */
export function landingFolderOf(
  { landingFolder, place, account, job, target }: TableRun,
  { isAside }: Readonly<{ isAside: boolean }>,
): string {
  return join(
    landingFolder,
    folderName(place.identity, account, job.table.name, target.name, String(isAside)),
  )
}

/** Pages of ids. */
export const idsFolderOf = ({ landingFolder, place, account, job, target }: TableRun): string =>
  join(landingFolder, folderName(place.identity, account, job.table.name, target.name, 'ids'))

/** While this is held, no other run on this machine loads the same table for the same target. */
export function lockTarget(run: TableRun): Promise<AsyncDisposable> {
  const { place, job } = run
  const target = formatTableName(job.target)
  return lock(landingFolderOf(run, { isAside: false }), `table "${target}" of "${place.label}"`)
}
