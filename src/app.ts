/** The one file that names concrete classes, the clock, the environment and the network. */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { checkIngestOptions, parseIngest } from './sync/ingest-options.ts'
import type { IngestOptions } from './sync/ingest-options.ts'
import type { SourceConfig } from './config/source-uri.ts'
import { openPlace } from './destinations/registry.ts'
import type { Place } from './destinations/target.ts'
import type { Engine } from './engine/engine.ts'
import { openEngine } from './engine/open-engine.ts'
import { accountId, fingerprintsOf } from './klaviyo/account.ts'
import * as catalog from './klaviyo/catalog/catalog.ts'
import { createClient } from './klaviyo/http/client.ts'
import type { ClientOptions } from './klaviyo/http/client.ts'
import { createGovernor } from './klaviyo/http/governor.ts'
import { KlaviyoSource } from './klaviyo/source.ts'
import { scratchFolder } from './landing/scratch.ts'
import { stateFolder } from './landing/state-folder.ts'
import type { AccountIdentity } from './model/account.ts'
import type { Emit, RunResult, TableFailure } from './model/run-event.ts'
import { emitter } from './sync/emit.ts'
import { enter } from './sync/enter.ts'
import { estimateTables } from './sync/estimate/estimate.ts'
import type { Estimate } from './sync/estimate/estimate.ts'
import { checkEstimateOptions, parseEstimate } from './sync/estimate/estimate-options.ts'
import type { EstimateOptions } from './sync/estimate/estimate-options.ts'
import { prepareAll, prepareAnew } from './sync/estimate/state.ts'
import { checkRenameAccountOptions, renameAccount as renameIn } from './sync/rename-account.ts'
import type { RenameAccountOptions, RenamedRows } from './sync/rename-account.ts'
import { syncTables } from './sync/run.ts'
import { BATCHES } from './sync/table-run.ts'
import type { BatchSize } from './sync/table-run.ts'
import { systemClock } from './util/clock.ts'
import type { Clock } from './util/clock.ts'
import { printable } from './util/printable.ts'
import { proxiesIn } from './util/proxies.ts'
import type { Env } from './util/proxies.ts'
import { redactor } from './util/redact.ts'
import type { Redact } from './util/redact.ts'
import { interrupted, safeError } from './util/safe-error.ts'
import { secretsIn, secretsOfEnv } from './util/secrets-in.ts'
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

/**
 * Reads tables into a destination. Failures of single tables are in the outcome; anything else rejects. No error and no
 * event holds a secret that the options hold.
 */
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
  return await withSafeErrors(options, async (redact) => {
    checkIngestOptions(options)
    const env = options.env ?? process.env
    const plan = parseIngest(options, { catalog, env, now: Math.floor(clock.now() / 1000) })
    const signal = options.signal ?? new AbortController().signal
    const listener = emitter({
      listener: options.onEvent ?? (() => undefined),
      run: randomUUID(),
      command: 'ingest',
      account: plan.source.account,
      now: () => clock.now(),
      redact,
      onBroken: (error) => {
        warnOfListener(error, redact)
      },
    })
    const folder = stateFolder(env, options.stateFolder)
    return await withAccount(
      plan.source,
      { env, clock, timeouts, retries, listener, signal },
      ({ source, identify }) =>
        withPlace(plan.destUri, folder, async ({ engine, place }) =>
          syncTables(
            {
              source,
              ...(await enter(place, {
                identify,
                tables: plan.jobs.map(({ target }) => target),
                listener,
                signal,
              })),
              engine,
              place,
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
  })
}

export type EstimateOutcome = Readonly<{ estimate: Estimate; failures: readonly TableFailure[] }>

/** Says what a run would read, and how long that would take. Writes nothing. */
export async function estimate(
  options: EstimateOptions,
  { clock = systemClock }: Partial<Pick<Tuning, 'clock'>> = {},
): Promise<EstimateOutcome> {
  return await withSafeErrors(options, async () => {
    checkEstimateOptions(options)
    const env = options.env ?? process.env
    const now = Math.floor(clock.now() / 1000)
    const { source: config, destUri, jobs } = parseEstimate(options, { catalog, env, now })
    const signal = options.signal ?? new AbortController().signal
    const folder = stateFolder(env, options.stateFolder)
    return await withAccount(config, { env, clock, signal }, async ({ source, identify }) => {
      // The destination is closed again before Klaviyo is asked for pages, so that nobody is kept waiting for it.
      const prepared =
        destUri === null
          ? jobs.map((job) => prepareAnew(job, now))
          : await withPlace(destUri, folder, ({ place }) =>
              prepareAll(place, jobs, { identify, now, signal }),
            )
      const { rateShare } = config
      return estimateTables({ source, rateShare, findTable: catalog.findTable, now, signal }, prepared)
    })
  })
}

/**
 * Gives an account another name in a destination: in its rows, and in all that is remembered of it, in one step.
 * @returns the tables that had rows of it
 * @throws SluiceError `usage` when there is no such account, both names have the same rows, or nobody said yes
 */
export async function renameAccount(options: RenameAccountOptions): Promise<readonly RenamedRows[]> {
  const { tables } = await withSafeErrors(options, async () => {
    checkRenameAccountOptions(options)
    const folder = options.stateFolder ?? stateFolder(options.env ?? process.env)
    const signal = options.signal ?? new AbortController().signal
    return await withPlace(options.destUri, folder, async ({ place }) => ({
      tables: await renameIn(place, options, signal),
      failures: [],
    }))
  })
  return tables
}

/** Whatever goes wrong is told as an error that is safe to show; so are the failures of single tables. */
async function withSafeErrors<Outcome extends Readonly<{ failures: readonly TableFailure[] }>>(
  options: IngestOptions | EstimateOptions | RenameAccountOptions,
  work: (redact: Redact) => Promise<Outcome>,
): Promise<Outcome> {
  const redact = redactorFor(options)
  try {
    const outcome = await work(redact)
    const failures = outcome.failures.map(({ table, error }) => ({ table, error: safeError(error, redact) }))
    return { ...outcome, failures }
  } catch (error) {
    const isStopped = options?.signal?.aborted === true && error === options.signal.reason
    throw safeError(isStopped ? interrupted(error) : error, redact)
  }
}

/** Takes out of texts what is secret in the options and in the environment, and shows what would hide in them. */
function redactorFor(options: IngestOptions | EstimateOptions | RenameAccountOptions): Redact {
  const texts = Object.values(options ?? {}).filter((value) => typeof value === 'string')
  const redact = redactor([...texts.flatMap(secretsIn), ...secretsOfEnv(options?.env ?? process.env)])
  return (text) => printable(redact(text))
}

function warnOfListener(error: unknown, redact: Redact): void {
  const words = error instanceof Error ? error.message : String(error)
  process.emitWarning(`onEvent failed, and the run goes on: ${redact(words)}`, 'SluiceWarning')
}

type Connection = Readonly<{ env: Env; clock: Clock; signal: AbortSignal }> &
  Partial<Readonly<Pick<Tuning, 'timeouts' | 'retries'> & { listener: Emit }>>

/** Opens the way to an account, and closes it when the work is done. */
async function withAccount<Result>(
  config: SourceConfig,
  { env, clock, signal, timeouts = {}, retries = {}, listener = () => undefined }: Connection,
  work: (
    account: Readonly<{ source: KlaviyoSource; identify: () => Promise<AccountIdentity> }>,
  ) => Promise<Result>,
): Promise<Result> {
  const key = fingerprintsOf(config.apiKey)
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
    proxies: proxiesIn(env),
    timeouts,
    retries,
    onEvent: ({ table, waitMs, why }) => {
      listener({ type: 'limited', table, waitMs, reason: why })
    },
  })
  const source = new KlaviyoSource(client, { revision })
  // Asked for where the user has named the account too: a key that is not accepted is found out before anything else.
  const identify = async (): Promise<AccountIdentity> => ({
    alias: config.account,
    id: await accountId(source, signal),
    key,
  })
  return await work({ source, identify })
}

/** Opens an engine and a destination, and closes both when the work is done. */
async function withPlace<Result>(
  uri: string,
  folder: string,
  work: (opened: Readonly<{ engine: Engine; place: Place }>) => Promise<Result>,
): Promise<Result> {
  await using scratch = await scratchFolder(join(folder, 'scratch'))
  await using engine = await openEngine({ tempDirectory: scratch.path })
  await using place = await openPlace(uri, engine)
  return await work({ engine, place })
}
