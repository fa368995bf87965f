import { estimate as run } from './app.ts'
import { unlessFailed } from './model/run-failed.ts'
import type { Estimate } from './sync/estimate/estimate.ts'
import type { EstimateOptions } from './sync/estimate/estimate-options.ts'

/**
 * Says how many rows a run would read, with how many requests, and how long that would take. It asks Klaviyo for
 * a few pages and writes nothing.
 *
 * @returns what each table would take, and all of them side by side
 * @throws SluiceError when something is wrong; where it is one table or several, `RunFailed` once all have ended, which
 * holds what is known of the others
 * @example
 * const { rows, durationMs, boundBy } = await estimate({
 *   sourceUri: 'klaviyo://?api_key=pk_…',
 *   sourceTable: 'events',
 *   destUri: 'duckdb:///shop.duckdb',
 *   destTable: 'klaviyo.events',
 * })
 */
export async function estimate(options: EstimateOptions): Promise<Estimate> {
  const { estimate: found, failures } = await run(options)
  return unlessFailed(found, failures)
}
