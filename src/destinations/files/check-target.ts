import { join } from 'node:path'
import { SluiceError } from '../../model/errors.ts'
import type { StageColumn } from '../../model/stage.ts'
import { formatTableName } from '../../model/table-name.ts'
import { modeOf } from '../sql/mode.ts'
import { refuseChangedShape } from '../changed-shape.ts'
import type { TargetRequest } from '../target.ts'
import { exists } from './disk.ts'
import { OWN_FOLDER, tableFolder } from './layout.ts'
import { madeOfIn, planFor } from './load.ts'
import type { Manifest } from './manifest.ts'
import type { Opened } from './opened.ts'
import type { TableFolder } from './table-folder.ts'

/**
 * Says before anything is read what a load would only say once rows are there, or what nobody would: that readers of
 * the folder find other rows than the table has. Changes nothing.
 * @throws SluiceError
 */
export async function checkTarget(
  opened: Opened,
  table: TableFolder,
  manifest: Manifest,
  request: TargetRequest & Readonly<{ columns: readonly StageColumn[] }>,
): Promise<void> {
  const willBeReplaced = request.cursor !== null && (request.anew || request.strategy === 'replace')
  refuseMixture(manifest, request)
  // Read anew, rows are all of one kind again.
  if (!request.anew) refuseChangedShape(request, madeOfIn(manifest, request))
  await refuseNested(opened, request)
  await refuseStrangers(table, manifest, willBeReplaced ? request.account : null)
  checkColumns(opened, manifest, request)
}

/**
 * That the table's columns take the values; not, where the account's files are the only ones and will be replaced.
 * @throws SluiceError
 */
export function checkColumns(
  opened: Opened,
  manifest: Manifest,
  request: TargetRequest & Readonly<{ columns: readonly StageColumn[] }>,
): void {
  const willBeReplaced = request.cursor !== null && (request.anew || request.strategy === 'replace')
  const others = manifest.files.some(({ account }) => account !== request.account)
  if (willBeReplaced && !others) return
  planFor(opened, manifest, { ...request, mode: modeOf(request, { isAside: false }) })
}

/** A name that was copied and not changed would mark every row of the other table as gone, or delete it. */
function refuseMixture({ columns, notes }: Manifest, { sourceTable, table }: TargetRequest): void {
  const other = notes.find(
    (each) => each.sourceTable !== sourceTable && (each.coverage.length > 0 || each.snapshot !== null),
  )
  if (columns.length > 0 && other !== undefined)
    throw new SluiceError(
      'occupied-table',
      (option) =>
        `Table "${formatTableName(table)}" holds Klaviyo's "${other.sourceTable}", so "${sourceTable}" cannot go there. Name another ${option('destTable')}, or remove its folder first.`,
      { facts: { table: sourceTable } },
    )
}

/** Who reads the folder of a table reads all that is below it. */
async function refuseNested({ folder }: Opened, { table }: TargetRequest): Promise<void> {
  if (table.schema === null) return
  const outer = { schema: null, name: table.schema }
  if (await exists(join(folder, tableFolder(outer), OWN_FOLDER)))
    throw new SluiceError(
      'occupied-table',
      (option) =>
        `"${formatTableName(outer)}" is a table, so "${formatTableName(table)}" cannot be in its folder: readers would take the rows of both for one. Name another ${option('destTable')}.`,
    )
}

async function refuseStrangers(
  table: TableFolder,
  manifest: Manifest,
  replaced: string | null,
): Promise<void> {
  const { unknown, missing } = await table.strangers(manifest)
  const [stranger] = unknown
  if (stranger !== undefined)
    throw new SluiceError(
      'unfit-table',
      (option) =>
        `"${stranger}" in "${table.path}" was not written by sluice, or its notes are gone, so readers of the folder would find rows that do not belong there. Move it away, or choose another ${option('destTable')}.`,
    )
  const lost = missing.find((path) =>
    manifest.files.some((file) => file.path === path && file.account !== replaced),
  )
  if (lost !== undefined)
    throw new SluiceError(
      'unfit-table',
      (option) =>
        `"${lost}" in "${table.path}" is gone, and rows with it. Put it back, read the table anew with ${option('fullRefresh')}, or remove the whole folder to start over.`,
    )
}
