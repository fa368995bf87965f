import { exitCodes, SluiceError } from '../model/errors.ts'
import { redact } from '../util/redact.ts'
import { INTERRUPTED } from './interrupted.ts'

/** What to tell a person about a failure, and the exit code that goes with it. */
export type Report = Readonly<{ message: string; exitCode: number }>

export function reportError(error: unknown): Report {
  if (error instanceof SluiceError) return { message: error.message, exitCode: exitCodes[error.fault] }
  if (isAbort(error)) return { message: INTERRUPTED, exitCode: exitCodes.interrupted }
  const reason = error instanceof Error ? error.message : String(error)
  return {
    message: `Something went wrong that sluice does not know about: ${redact(firstLine(reason))}. What was loaded is kept; run the same command again, or with SLUICE_DEBUG=1 for a trace to report.`,
    exitCode: exitCodes.bug,
  }
}

/** The traces of an error and of its causes: for SLUICE_DEBUG=1. */
export function traceOf(error: unknown): string {
  const traces: string[] = []
  for (let at = error; at !== undefined && traces.length < 5; at = at instanceof Error ? at.cause : undefined)
    traces.push(at instanceof Error ? (at.stack ?? at.message) : JSON.stringify(at))
  return redact(traces.join('\ncaused by: '))
}

const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError'

const firstLine = (text: string): string => (text.trim().split('\n', 1)[0] ?? '').replace(/\.$/, '')
