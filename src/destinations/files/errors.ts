import { SluiceError } from '../../model/errors.ts'
import { isCode } from './disk.ts'

/** Why files could not be read or written, as a sentence with the next step. What is said already is passed on. */
export function fileFailed(label: string, cause: unknown): Error {
  if (cause instanceof SluiceError) return cause
  const message = cause instanceof Error ? cause.message : String(cause)
  if (
    isCode(cause, 'ENOSPC', 'EDQUOT') ||
    /no space left on device|not enough space|out of disk/i.test(message)
  )
    return new SluiceError(
      'disk-full',
      `The disk of "${label}" is full. This batch was not loaded and what was there is as it was: free some space and run the same command again.`,
      { cause },
    )
  if (isCode(cause, 'EACCES', 'EPERM', 'EROFS') || /permission denied|read-only file system/i.test(message))
    return new SluiceError(
      'unopenable-file',
      `"${label}" cannot be written: ${firstLine(message)} Choose another folder, or change its permissions.`,
      { cause },
    )
  return new SluiceError(
    'refused-rows',
    `"${label}" refused the data: ${firstLine(message)} Nothing of this batch was loaded.`,
    { cause },
  )
}

const firstLine = (message: string): string => {
  const line = message.split('\n')[0]?.trim() ?? ''
  return /[.!?]$/.test(line) ? line : `${line}.`
}
