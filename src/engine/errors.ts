import { SluiceError } from '../model/errors.ts'
import { NO_DATA } from './projection.ts'

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Whether DuckDB could not parse a page as JSON. */
export const isMalformed = (error: unknown): boolean => /malformed json/i.test(messageOf(error))

/**
 * A sentence for the errors of DuckDB that a person can act on; any other is passed on as it is. `nameOf` gives
 * the landed file's name for a path that DuckDB was given.
 */
export function explainEngineError(error: unknown, nameOf: (file: string) => string): unknown {
  if (error instanceof SluiceError) return error
  const message = messageOf(error)
  const again = 'Run the same command again: what is missing is read anew.'
  const noData = message.split(NO_DATA)[1]?.split('\n')[0]
  if (noData !== undefined)
    return new SluiceError(
      'unusable-answer',
      `The landed page "${nameOf(noData)}" is no list of rows. ${again}`,
      {
        cause: error,
      },
    )
  const notUtf8 = /could not read content of file '(.*)' as valid UTF-8/s.exec(message)?.[1]
  if (notUtf8 !== undefined)
    return new SluiceError(
      'unusable-answer',
      `The landed page "${nameOf(notUtf8)}" is not valid UTF-8. ${again}`,
      {
        cause: error,
      },
    )
  if (isMalformed(error))
    return new SluiceError('unusable-answer', `A landed page is not JSON. ${again}`, { cause: error })
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
  return error
}
