import { exitCodes } from '../model/error-codes.ts'
import type { TableFailure } from '../model/run-event.ts'
import { reportError, traceOf } from './report-error.ts'
import { count, counted } from './units.ts'
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
  const isStopped = codes.has(exitCodes.interrupted)
  for (const [message, tables] of tablesOf) {
    const isAll = tables.length === failures.length && succeeded === 0
    const isStop = failures.some(({ table, error }) => table === tables[0] && error.fault === 'interrupted')
    tell(isAll || isStop ? message : `${listed(tables)}: ${message}`)
  }
  if (isStopped) return exitCodes.interrupted
  if (failures.length > 0 && succeeded > 0)
    tell(
      `${count(succeeded)} of ${counted(succeeded + failures.length, 'table')} ${succeeded === 1 ? 'is' : 'are'} in. For the others alone: --source-table ${failures.map(({ table }) => table).join(',')}`,
    )
  // Several tables fail for the same reason more often than not; where they differ, or some got in: 1.
  const [code = 0, ...others] = codes
  return code !== 0 && (others.length > 0 || succeeded > 0) ? 1 : code
}

const listed = (tables: readonly string[]): string =>
  tables.length <= 4
    ? tables.join(', ')
    : `${tables.slice(0, 3).join(', ')} and ${tables.length - 3} more tables`
