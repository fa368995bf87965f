import { resolve } from 'node:path'
import { SluiceError } from '../../model/errors.ts'

export type FilesConfig = Readonly<{ folder: string; given: string }>

/**
 * After `parquet:///` the rest is the folder as given: `parquet:///lake` is relative to the current directory,
 * `parquet:////data/lake` is absolute. No decoding, no options.
 */
export function parseFilesUri(scheme: string, uri: string, currentDirectory: string): FilesConfig {
  const given = new RegExp(`^${scheme}:///(.+)$`, 's').exec(uri)?.[1]
  if (given === undefined)
    throw new SluiceError(
      'invalid-destination-uri',
      `"${uri}" names no folder. Write "${scheme}:///lake" for a folder in the current directory, or "${scheme}:////data/lake" for an absolute path.`,
    )
  return { folder: resolve(currentDirectory, given), given }
}
