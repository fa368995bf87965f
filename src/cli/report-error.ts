import { exitCodes, SluiceError } from '../model/errors.ts'

/** What to tell a person about a failure, and the exit code that goes with it. */
export function reportError(error: unknown): Readonly<{ message: string; exitCode: number }> {
  if (error instanceof SluiceError) return { message: error.message, exitCode: exitCodes[error.fault] }
  if (isAbort(error)) return { message: INTERRUPTED, exitCode: exitCodes.interrupted }
  const reason = error instanceof Error ? error.message : String(error)
  return {
    message: `Something went wrong that sluice does not know about: ${reason}. What was loaded is kept; run the same command again, or with SLUICE_DEBUG=1 for a trace to report.`,
    exitCode: exitCodes.bug,
  }
}

/** Ctrl-C is no failure: everything that was committed is kept. */
export const INTERRUPTED = 'Stopped. What was loaded is kept; run the same command again to go on from here.'

const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError'
