import type { IngestOutcome } from '../app.ts'
import type { Listener } from '../model/run-event.ts'
import type { IngestOptions } from '../sync/ingest-options.ts'
import { interruptSignal } from './interrupt.ts'
import { openProgress } from './progress/open.ts'
import type { ProgressKind } from './progress/kinds.ts'
import { reportFailures } from './report-failures.ts'
import { briefly, summary } from './summary.ts'
import type { Terminal } from './terminal.ts'

export type IngestRequest = Readonly<{
  options: Omit<IngestOptions, 'signal' | 'onEvent'>
  progress: ProgressKind | undefined
  /** No progress, and one line at the end. */
  quiet: boolean
  debug: boolean
}>

/** `sluice ingest …`; resolves to the exit code. */
export async function ingestCommand(
  ingest: (options: IngestOptions) => Promise<IngestOutcome>,
  { options, progress, quiet, debug }: IngestRequest,
  terminal: Terminal,
): Promise<number> {
  const listener = quiet ? () => undefined : await openProgress(progress, terminal)
  const lookbacks = new Map<string, number>()
  const onEvent: Listener = (event) => {
    if (event.type === 'table planned' && event.plan.kind === 'windows')
      lookbacks.set(event.table, event.plan.lookbackSeconds)
    listener(event)
  }
  const { result, failures } = await ingest({ ...options, signal: interruptSignal(terminal.tell), onEvent })
  const lookbackOf = (table: string): number | undefined => lookbacks.get(table)
  if (quiet) terminal.print(briefly(result))
  else if (progress !== 'json')
    for (const line of summary(result, { lookbackOf, width: terminal.width() })) terminal.print(line)
  return reportFailures(failures, terminal, { succeeded: result.tables.length, debug })
}
