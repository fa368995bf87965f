/** The one file that names concrete classes, the clock, the environment and the network. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { parseIngest } from './sync/ingest-options.ts'
import type { IngestOptions } from './sync/ingest-options.ts'
import type { SourceConfig } from './config/source-uri.ts'
import type { Destination } from './destinations/destination.ts'
import { openDestination } from './destinations/registry.ts'
import type { Engine } from './engine/engine.ts'
import { openEngine } from './engine/open-engine.ts'
import { accountName } from './klaviyo/account.ts'
import * as catalog from './klaviyo/catalog/catalog.ts'
import { createClient } from './klaviyo/http/client.ts'
import type { ClientOptions } from './klaviyo/http/client.ts'
import { createGovernor } from './klaviyo/http/governor.ts'
import { KlaviyoSource } from './klaviyo/source.ts'
import { scratchFolder } from './landing/scratch.ts'
import { stateFolder } from './landing/state-folder.ts'
import type { Listener, RunResult } from './model/run-event.ts'
import { estimateTables } from './sync/estimate/estimate.ts'
import type { Estimate } from './sync/estimate/estimate.ts'
import { parseEstimate } from './sync/estimate/estimate-options.ts'
import type { EstimateOptions } from './sync/estimate/estimate-options.ts'
import { prepareAll, prepareAnew } from './sync/estimate/state.ts'
import type { Prepared } from './sync/estimate/state.ts'
import { Mutex } from './sync/mutex.ts'
import { syncTables } from './sync/run.ts'
import type { TableFailure } from './sync/run.ts'
import { BATCHES } from './sync/table-run.ts'
import type { BatchSize } from './sync/table-run.ts'
import { systemClock } from './util/clock.ts'
import type { Clock } from './util/clock.ts'
import { version } from './version.ts'

/** What landed pages may take on disk before reading waits for the loader. */
const LANDING_MAX_BYTES = 512_000_000

export type IngestOutcome = Readonly<{ result: RunResult; failures: readonly TableFailure[] }>

/** What a test sets smaller than a user ever would want it. */
export type Tuning = Readonly<{
  clock: Clock
  landingMaxBytes: number
  batches: BatchSize
  timeouts: NonNullable<ClientOptions['timeouts']>
  retries: NonNullable<ClientOptions['retries']>
}>

/** Reads tables into a destination. Failures of single tables are in the outcome; anything else rejects. */
export async function ingest(
  options: IngestOptions,
  {
    clock = systemClock,
    landingMaxBytes = LANDING_MAX_BYTES,
    batches = BATCHES,
    timeouts = {},
    retries = {},
  }: Partial<Tuning> = {},
): Promise<IngestOutcome> {
  const env = options.env ?? process.env
  const plan = parseIngest(options, { catalog, env, now: Math.floor(clock.now() / 1000) })
  const signal = options.signal ?? new AbortController().signal
  const listener = options.onEvent ?? (() => undefined)
  const folder = stateFolder(env, options.stateFolder)
  return await withAccount(plan.source, { clock, timeouts, retries, listener, signal }, ({ source, name }) =>
    withDestination(plan.destUri, folder, async ({ engine, destination }) =>
      syncTables(
        {
          source,
          account: await name(),
          engine,
          destination,
          loading: new Mutex(),
          clock,
          landingFolder: join(folder, 'landing'),
          landingMaxBytes,
          batches,
          listener,
          signal,
        },
        plan.jobs,
      ),
    ),
  )
}

export type EstimateOutcome = Readonly<{ estimate: Estimate; failures: readonly TableFailure[] }>

/** Says what a run would read, and how long that would take. Writes nothing. */
export async function estimate(
  options: EstimateOptions,
  { clock = systemClock }: Partial<Pick<Tuning, 'clock'>> = {},
): Promise<EstimateOutcome> {
  const env = options.env ?? process.env
  const now = Math.floor(clock.now() / 1000)
  const { source: config, destUri, jobs } = parseEstimate(options, { catalog, env, now })
  const signal = options.signal ?? new AbortController().signal
  const folder = stateFolder(env, options.stateFolder)
  // The destination is closed again before Klaviyo is asked, so that nobody is kept waiting for it.
  const preparedFor = (
    uri: string,
    at: Readonly<{ account: string; now: number }>,
  ): Promise<readonly Prepared[]> =>
    withDestination(uri, folder, ({ destination }) => prepareAll(destination, jobs, at))
  return await withAccount(config, { clock, signal }, async ({ source, name }) => {
    const prepared =
      destUri === null
        ? jobs.map((job) => prepareAnew(job, now))
        : await preparedFor(destUri, { account: await name(), now })
    const { rateShare } = config
    return estimateTables({ source, rateShare, findTable: catalog.findTable, now, signal }, prepared)
  })
}

type Connection = Readonly<{ clock: Clock; signal: AbortSignal }> &
  Partial<Readonly<Pick<Tuning, 'timeouts' | 'retries'> & { listener: Listener }>>

/** Opens the way to an account, and closes it when the work is done. */
async function withAccount<Result>(
  config: SourceConfig,
  { clock, signal, timeouts = {}, retries = {}, listener = () => undefined }: Connection,
  work: (account: Readonly<{ source: KlaviyoSource; name: () => Promise<string> }>) => Promise<Result>,
): Promise<Result> {
  const fingerprint = createHash('sha256').update(config.apiKey.reveal()).digest('hex').slice(0, 12)
  const revision = config.revision ?? catalog.REVISION
  await using client = createClient({
    account: config.account,
    apiKey: config.apiKey,
    revision,
    baseUrl: config.baseUrl,
    clock,
    random: Math.random,
    governor: createGovernor({ clock, rateShare: config.rateShare }),
    userAgent: `sluice/${version}`,
    timeouts,
    retries,
    onEvent: ({ table, waitMs, why }) => {
      listener({ type: 'limited', table, waitMs, reason: why })
    },
  })
  const source = new KlaviyoSource(client, { revision, budgetKey: fingerprint })
  const name = async (): Promise<string> => config.account ?? (await accountName(source, fingerprint, signal))
  return await work({ source, name })
}

/** Opens an engine and a destination, and closes both when the work is done. */
async function withDestination<Result>(
  uri: string,
  folder: string,
  work: (place: Readonly<{ engine: Engine; destination: Destination }>) => Promise<Result>,
): Promise<Result> {
  await using scratch = await scratchFolder(join(folder, 'scratch'))
  await using engine = await openEngine({ tempDirectory: scratch.path })
  await using destination = await openDestination(uri, engine)
  return await work({ engine, destination })
}
