import { dirname } from 'node:path'
import { SluiceError } from '../model/errors.ts'
import { EXCHANGED, NO_DATA } from './projection.ts'
import { UnloadablePage } from './unloadable.ts'

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** What DuckDB is given to read lies in a folder of scratch, where nobody else has any business. */
export const copyTouched = (file: string, options?: { cause?: unknown }): SluiceError =>
  new SluiceError(
    'files-touched',
    `A file in "${dirname(file)}" was changed or deleted while it was in use. Nothing of this batch was loaded; run the same command again.`,
    options,
  )

/** Whether DuckDB could not parse a page as JSON. */
export const isMalformed = (error: unknown): boolean => /malformed json/i.test(messageOf(error))

/** `Invalid Input Error`: the rest of DuckDB's message may hold values. */
export const kindOf = (error: unknown): string =>
  /^([\w ]+ Error):/.exec(messageOf(error))?.[1] ?? 'no reason given'

/**
 * A sentence for the errors of DuckDB and of the disk that a person can act on; any other is passed on as it is.
 * `originalOf` gives the landed file for a path that DuckDB was given.
 */
export function explainEngineError(error: unknown, originalOf: (file: string) => string): unknown {
  if (error instanceof SluiceError) return error
  const message = messageOf(error)
  const exchanged = message.split(EXCHANGED)[1]?.split('\n')[0]
  if (exchanged !== undefined) return copyTouched(exchanged, { cause: error })
  const noData = message.split(NO_DATA)[1]?.split('\n')[0]
  if (noData !== undefined)
    return new UnloadablePage(originalOf(noData), 'is no list of rows', { cause: error })
  const notUtf8 = /could not read content of file '(.*)' as valid UTF-8/s.exec(message)?.[1]
  if (notUtf8 !== undefined)
    return new UnloadablePage(originalOf(notUtf8), 'is not valid UTF-8', { cause: error })
  if (/no space left on device|ENOSPC|max_temp_directory_size/i.test(message))
    return new SluiceError(
      'disk-full',
      'The disk is full. Make room in the folder for temporary files or set "TMPDIR" to another one, then run the same command again.',
      { cause: error },
    )
  if (/^out of memory/i.test(message))
    return new SluiceError(
      'out-of-memory',
      'DuckDB ran out of the memory it was allowed. Run the same command again with more of it, or with fewer tables at a time.',
      { cause: error },
    )
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const path = error instanceof Error && 'path' in error ? String(error.path) : ''
  if (path !== '')
    return new SluiceError(
      'unusable-state-folder',
      `Cannot use "${path}" (${code}). Nothing of this batch was loaded; make the folder usable or set SLUICE_STATE_DIR to another one, then run the same command again.`,
      { cause: error },
    )
  return error
}
