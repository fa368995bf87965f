import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Engine } from '../../engine/engine.ts'
import { SluiceError } from '../../model/errors.ts'
import { Mutex } from '../../util/mutex.ts'
import { duckDbDialect } from '../duckdb/dialect.ts'
import type { Place } from '../target.ts'
import { parseFilesUri } from './config.ts'
import { isCode } from './disk.ts'
import { FilesPlace } from './files-place.ts'
import type { Format } from './format.ts'

/**
 * Opens a folder of files. It need not be there yet: the first table makes it.
 * @throws SluiceError when it cannot be made or written.
 */
export async function openFiles(format: Format, uri: string, engine: Engine): Promise<Place> {
  const { folder, given } = parseFilesUri(format.name, uri, process.cwd())
  await refuseUnwritable(folder, folder)
  const session = await engine.session()
  // Files are read once or twice and then others take their names: what DuckDB remembers of them is of no use.
  await session.run('set enable_external_file_cache = false')
  const opened = {
    format,
    folder,
    label: `${format.name}:///${given}`,
    session,
    turns: new Mutex(),
    dialect: duckDbDialect('temp'),
    lease: {},
  }
  return new FilesPlace(opened, engine)
}

async function refuseUnwritable(folder: string, whole: string): Promise<void> {
  try {
    if (!(await stat(folder)).isDirectory())
      throw new SluiceError(
        'unopenable-file',
        `"${folder}" is a file, so no tables can be in it. Choose another folder.`,
      )
    await access(folder, constants.W_OK)
  } catch (error) {
    if (isCode(error, 'ENOENT') && dirname(folder) !== folder) return refuseUnwritable(dirname(folder), whole)
    if (error instanceof SluiceError) throw error
    if (isCode(error, 'ENOTDIR')) return refuseUnwritable(dirname(folder), whole)
    throw new SluiceError(
      'unopenable-file',
      `"${whole}" cannot be written: permission denied. Choose another folder, or change its permissions.`,
      { cause: error },
    )
  }
}
