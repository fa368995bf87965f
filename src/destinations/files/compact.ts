import { readingOf, nameIn } from './apply.ts'
import { NOTHING_TO_PUBLISH, withShape } from './manifest.ts'
import type { Manifest } from './manifest.ts'
import type { Opened } from './opened.ts'
import { planOutputs, publication } from './outputs.ts'
import type { TableFolder } from './table-folder.ts'
import { writeOutputs } from './write.ts'

/** So many small files in one partition are written together when a run has ended. */
const MOST_SMALL_AT_REST = 8

/** Writes small files of an account together; null: there are few. Rows stay as they are. */
export async function compact(
  opened: Opened,
  table: TableFolder,
  manifest: Manifest,
  account: string,
): Promise<Manifest | null> {
  const own = manifest.files.filter((file) => file.account === account)
  const outputs = planOutputs({ files: own, touched: new Set(), additions: [] }, MOST_SMALL_AT_REST)
  if (outputs.length === 0) return null
  const { shapes, shape } = withShape(manifest.shapes, manifest.columns)
  const written = await writeOutputs(outputs, {
    ...readingOf(opened, table, manifest),
    session: opened.session,
    columns: manifest.columns,
    monthOf: manifest.monthOf,
    incoming: await table.incoming(),
    shape,
    additions: null,
    remaining: null,
  })
  const sources = new Set(outputs.flatMap((output) => output.sources))
  const { files, toPublish } = publication([...sources], written, nameIn(table, manifest.monthOf))
  return {
    ...manifest,
    shapes,
    files: [...manifest.files.filter((file) => !sources.has(file)), ...files],
    toPublish: { ...NOTHING_TO_PUBLISH, ...toPublish },
  }
}
