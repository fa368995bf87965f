import { SluiceError } from '../model/errors.ts'

/** Says what a failed write to disk means for the user. */
export function diskFault(cause: unknown, folder: string): SluiceError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new SluiceError(
      'disk-full',
      `No space left for landed pages in "${folder}". What was loaded is kept; free some space, or set SLUICE_STATE_DIR to a larger disk, and run the same command again.`,
      { cause },
    )
  if (code === 'EFBIG')
    return new SluiceError(
      'disk-full',
      `A landed page in "${folder}" is larger than files may be here ("ulimit -f"). What was loaded is kept; raise the limit and run the same command again.`,
      { cause },
    )
  return new SluiceError(
    'unusable-state-folder',
    `Cannot write landed pages to "${folder}" (${code}). Make the folder writable or set SLUICE_STATE_DIR to one that is.`,
    { cause },
  )
}
