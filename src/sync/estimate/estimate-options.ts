import { checkOptions } from '../../config/check-options.ts'
import { INGEST_OPTIONS, parseIngest } from '../ingest-options.ts'
import type { IngestOptions, IngestPlan } from '../ingest-options.ts'

/** What to estimate: the options of the run to come. What `reconcile` reads on top is left out. */
export type EstimateOptions = Readonly<
  Omit<IngestOptions, 'destUri' | 'onEvent'> & {
    /** Whose coverage counts; it is only read. Default: none, so that everything is still to be read. */
    destUri?: string
  }
>

const { onEvent: _, ...ESTIMATE_OPTIONS } = INGEST_OPTIONS

/** @throws SluiceError `usage` */
export const checkEstimateOptions = (options: EstimateOptions): void =>
  checkOptions(options, ESTIMATE_OPTIONS, ['sourceUri', 'sourceTable'])

export type EstimatePlan = Readonly<Omit<IngestPlan, 'destUri'> & { destUri: string | null }>

/** @throws SluiceError as `parseIngest` does: what cannot be estimated could not be run either. */
export function parseEstimate(
  options: EstimateOptions,
  context: Parameters<typeof parseIngest>[1],
): EstimatePlan {
  const plan = parseIngest({ ...options, destUri: options.destUri ?? '' }, context)
  return { ...plan, destUri: options.destUri ?? null }
}
