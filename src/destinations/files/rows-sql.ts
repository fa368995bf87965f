import { join } from 'node:path'
import type { StageColumn } from '../../model/stage.ts'
import type { Dialect } from '../sql/dialect.ts'
import type { Format } from './format.ts'
import type { DataFile, Manifest } from './manifest.ts'

/** Names the file that a row is in: its whole path. */
export const FILE_COLUMN = '"_sluice_file"'

/** Where files lie, and how they are read. */
export type Reading = Readonly<{
  format: Format
  dialect: Dialect
  folder: string
  shapes: Manifest['shapes']
}>

/**
 * A query for the rows of files as rows of the table, with `_sluice_file`. What older files lack is null, and a column
 * that has another type by now is cast.
 */
export function rowsOf(
  files: readonly DataFile[],
  columns: readonly StageColumn[],
  { format, dialect, folder, shapes }: Reading,
): string {
  if (files.length === 0) {
    const nulls = columns.map(
      ({ name, type }) => `cast(null as ${dialect.types[type]}) as ${dialect.quote(name)}`,
    )
    return `select ${[...nulls, `'' as ${FILE_COLUMN}`].join(', ')} where false`
  }
  return [...new Set(files.map(({ shape }) => shape))]
    .map((shape) => {
      const there = shapes[shape] ?? []
      const paths = files
        .filter((file) => file.shape === shape)
        .map(({ path }) => pathText(join(folder, path)))
      const values = columns.map(
        (column) => `${valueOf(column, there, dialect)} as ${dialect.quote(column.name)}`,
      )
      return `select ${[...values, FILE_COLUMN].join(', ')}\nfrom ${format.scan(paths, there, FILE_COLUMN)}`
    })
    .join('\nunion all\n')
}

/** A path as SQL text, none of whose characters is a wildcard. */
export const pathText = (path: string): string =>
  `'${path.replaceAll(/[[*?]/g, '[$&]').replaceAll("'", "''")}'`

function valueOf({ name, type }: StageColumn, there: readonly StageColumn[], dialect: Dialect): string {
  const folded = name.toLowerCase()
  const found = there.find((column) => column.name.toLowerCase() === folded)
  const wanted = dialect.types[type]
  if (found === undefined) return `cast(null as ${wanted})`
  const value = dialect.quote(found.name)
  return found.type === type ? value : dialect.convert(value, found.type, wanted)
}
