import type { IngestOutcome } from '../app.ts'
import type { IngestOptions } from '../sync/ingest-options.ts'
import { interruptSignal } from './interrupt.ts'
import { openProgress } from './progress/open.ts'
import type { ProgressKind } from './progress/open.ts'
import { reportError } from './report-error.ts'
import { summary } from './summary.ts'
import type { Terminal } from './terminal.ts'

export type IngestRequest = Omit<IngestOptions, 'signal' | 'onEvent'> &
  Readonly<{ progress?: ProgressKind | undefined }>

/** `sluice ingest …`; resolves to the exit code. */
export async function ingestCommand(
  ingest: (options: IngestOptions) => Promise<IngestOutcome>,
  { progress, ...options }: IngestRequest,
  terminal: Terminal,
): Promise<number> {
  const listener = await openProgress(progress, terminal)
  const signal = interruptSignal(terminal.tell)
  const { result, failures } = await ingest({ ...options, signal, onEvent: listener })
  if (progress !== 'json') for (const line of summary(result)) terminal.print(line)
  if (failures.length === 0) return 0
  const reports = failures.map(({ table, error }) => ({ table, ...reportError(error) }))
  for (const message of new Set(
    reports.map(({ table, message: each }) => (reports.length === 1 ? each : `${table}: ${each}`)),
  ))
    terminal.tell(message)
  // Several tables fail for the same reason more often than not; where they differ, some did not get in: 1.
  const codes = new Set(reports.map(({ exitCode }) => exitCode))
  const [only] = codes
  return codes.size === 1 && only !== undefined ? only : 1
}
