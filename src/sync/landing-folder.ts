import { join } from 'node:path'
import { folderName } from '../landing/state-folder.ts'
import type { TableRun } from './table-run.ts'

/** Pages of one table for one target of one destination; a refresh keeps its own. */
export function landingFolderOf(
  { landingFolder, destination, account, job }: TableRun,
  refresh: boolean,
): string {
  const { schema, name } = job.target
  return join(
    landingFolder,
    folderName(destination.label, account, job.table.name, schema ?? '', name, String(refresh)),
  )
}
