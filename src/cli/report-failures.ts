import { exitCodes } from '../model/errors.ts'
import type { TableFailure } from '../sync/run.ts'
import { INTERRUPTED } from './interrupted.ts'
import { reportError, traceOf } from './report-error.ts'
import type { Terminal } from './terminal.ts'

export type FailureContext = Readonly<{
  /** Tables that did not fail. Default 0. */
  succeeded?: number
  /** With the traces of the errors. */
  debug?: boolean
}>

/** Tells why tables failed, each reason once, and gives the exit code that goes with it; 0 for none. */
export function reportFailures(
  failures: readonly TableFailure[],
  { tell }: Pick<Terminal, 'tell'>,
  { succeeded = 0, debug = false }: FailureContext = {},
): number {
  const tablesOf = new Map<string, string[]>()
  const codes = new Set<number>()
  for (const { table, error } of failures) {
    if (debug) tell(traceOf(error))
    const { message, exitCode } = reportError(error)
    codes.add(exitCode)
    tablesOf.set(message, [...(tablesOf.get(message) ?? []), table])
  }
  for (const [message, tables] of tablesOf) {
    const isAll = tables.length === failures.length && succeeded === 0
    tell(isAll || message === INTERRUPTED ? message : `${listed(tables)}: ${message}`)
  }
  if (codes.has(exitCodes.interrupted)) return exitCodes.interrupted
  // Several tables fail for the same reason more often than not; where they differ, or some got in: 1.
  const [code = 0, ...others] = codes
  return code !== 0 && (others.length > 0 || succeeded > 0) ? 1 : code
}

const listed = (tables: readonly string[]): string =>
  tables.length <= 4
    ? tables.join(', ')
    : `${tables.slice(0, 3).join(', ')} and ${tables.length - 3} more tables`
