/** sluice as a library: the same as the commands `sluice ingest` and `sluice estimate`. */
export { ingest } from './ingest.ts'
export type { IngestOptions } from './sync/ingest-options.ts'
export { estimate } from './estimate.ts'
export type { Bound } from './sync/estimate/cost.ts'
export type { Estimate, TableEstimate } from './sync/estimate/estimate.ts'
export type { EstimateOptions } from './sync/estimate/estimate-options.ts'
export type { RowCount } from './sync/estimate/measure.ts'
export { SluiceError } from './model/errors.ts'
export type { Facts } from './model/errors.ts'
export type { ErrorCode, Fault, Retry } from './model/error-codes.ts'
export { RunFailed } from './model/run-failed.ts'
export type {
  Altered,
  Envelope,
  Listener,
  PlannedRead,
  Reconciled,
  RunEvent,
  RunResult,
  TableFailure,
  TableResult,
} from './model/run-event.ts'
