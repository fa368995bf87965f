import { ingest as run } from './app.ts'
import type { IngestOptions } from './sync/ingest-options.ts'
import { unlessFailed } from './model/run-failed.ts'
import type { RunResult } from './model/run-event.ts'

/**
 * Reads Klaviyo tables into a destination, complete and repeatable.
 *
 * @returns what became of each table
 * @throws SluiceError when something is wrong; where it is one table or several, `RunFailed` once all have ended, which
 * holds what came of the others
 * @example
 * const { tables } = await ingest({
 *   sourceUri: 'klaviyo://?api_key=pk_…',
 *   sourceTable: 'events',
 *   destUri: 'duckdb:///shop.duckdb',
 *   destTable: 'klaviyo.events',
 *   onEvent: (event) => console.log(event.type),
 * })
 */
export async function ingest(options: IngestOptions): Promise<RunResult> {
  const { result, failures } = await run(options)
  return unlessFailed(result, failures)
}
