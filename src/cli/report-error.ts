import { exitCodes } from '../model/error-codes.ts'
import { flagSpelling } from '../model/spelling.ts'
import { explained } from '../util/safe-error.ts'

/** What to tell a person about a failure, and the exit code that goes with it. */
export type Report = Readonly<{ message: string; exitCode: number }>

export function reportError(error: unknown): Report {
  const known = explained(error)
  return { message: known.spelled(flagSpelling), exitCode: exitCodes[known.fault] }
}

/** The traces of an error and of its causes: for SLUICE_DEBUG=1. */
export function traceOf(error: unknown): string {
  const traces: string[] = []
  for (let at = error; at !== undefined && traces.length < 5; at = at instanceof Error ? at.cause : undefined)
    traces.push(at instanceof Error ? (at.stack ?? at.message) : JSON.stringify(at))
  return traces.join('\ncaused by: ')
}
