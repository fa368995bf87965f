/** The one file that names concrete classes, the clock, the environment and the network. */
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseIngest } from './sync/ingest-options.ts'
import type { IngestOptions } from './sync/ingest-options.ts'
import { openDestination } from './destinations/registry.ts'
import { openEngine } from './engine/open-engine.ts'
import { accountName } from './klaviyo/account.ts'
import * as catalog from './klaviyo/catalog/catalog.ts'
import { createClient } from './klaviyo/http/client.ts'
import type { ClientOptions } from './klaviyo/http/client.ts'
import { createGovernor } from './klaviyo/http/governor.ts'
import { KlaviyoSource } from './klaviyo/source.ts'
import { stateFolder } from './landing/state-folder.ts'
import type { RunResult } from './model/run-event.ts'
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
  const { source: config } = plan
  const signal = options.signal ?? new AbortController().signal
  const listener = options.onEvent ?? (() => undefined)
  const fingerprint = createHash('sha256').update(config.apiKey.reveal()).digest('hex').slice(0, 12)
  const revision = config.revision ?? catalog.REVISION

  await using client = createClient({
    account: config.account ?? fingerprint,
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
  await using scratch = await scratchFolder()
  await using engine = await openEngine({ tempDirectory: scratch.path })
  await using destination = await openDestination(plan.destUri, engine)
  const account = config.account ?? (await accountName(source, fingerprint, signal))
  return await syncTables(
    {
      source,
      account,
      engine,
      destination,
      loading: new Mutex(),
      clock,
      landingFolder: join(options.stateFolder ?? stateFolder(env), 'landing'),
      landingMaxBytes,
      batches,
      listener,
      signal,
    },
    plan.jobs,
  )
}

/** A private folder that goes with its owner. */
async function scratchFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'sluice-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}
