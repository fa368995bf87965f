/** sluice as a library: the same as the command `sluice ingest`. */
export { ingest } from './ingest.ts'
export type { IngestOptions } from './sync/ingest-options.ts'
export { SluiceError } from './model/errors.ts'
export type { Fault } from './model/errors.ts'
export type { Listener, PlannedRead, RunEvent, RunResult, TableResult } from './model/run-event.ts'
export { startSandbox } from './sandbox/index.ts'
export type { Sandbox, SandboxOptions } from './sandbox/index.ts'
