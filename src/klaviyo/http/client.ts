/** Klaviyo over HTTP: one account's key, its limits, and what to do about every answer. */
import type { Dispatcher } from 'undici'
import { SluiceError } from '../../model/errors.ts'
import type { Rate, Table } from '../../model/table.ts'
import type { Clock } from '../../util/clock.ts'
import type { Secret } from '../../util/secret.ts'
import { RETRY_LIMITS, type RetryLimits } from './backoff.ts'
import { checkedKey } from './checked-key.ts'
import { runAttempts, type ClientResponse, type Limited } from './attempts.ts'
import type { Governor } from './governor.ts'
import { ServerTime } from './server-time.ts'
import { Tally, type TableUsage } from './tally.ts'
import { KLAVIYO_ORIGIN, originOf, targetOf } from './target.ts'
import { createTransport, type Timeouts } from './transport.ts'

export type { ClientResponse, Limited } from './attempts.ts'
export type { TableUsage } from './tally.ts'

/** What one call may be told. */
export type ClientRequest = Readonly<{
  /** `/api/events` */
  path: string
  /** Decoded pairs, which the client encodes; or the query of a `next` link, which is sent as it is. */
  query: string | readonly (readonly [string, string])[]
  /** Who pays: the account. Requests of one account and endpoint share one budget. */
  budget: string
  /** First guess of the endpoint's limits; answers correct it. */
  rate: Rate
  /** The parameters that put the request under limits of its own; empty for the ordinary ones. */
  rateClass?: string
  /** The path as Klaviyo counts it, where ids are part of the path: `/api/lists/{id}/profiles`. */
  endpoint?: string
  /** For messages and figures. */
  table: Pick<Table, 'name' | 'scopes'>
  /** Throws when the body is not what it should be; that is treated like a connection that broke. */
  check?: (body: Buffer) => void
  signal: AbortSignal
}>

export interface Client extends AsyncDisposable {
  /** Where requests go: `https://a.klaviyo.com`, or a sandbox. */
  readonly origin: string
  /**
   * Asks until there is an answer to use. Waits and retries as `decide.ts` and `network-fault.ts` say, within
   * bounds; then a SluiceError. An abort ends every wait at once, with the signal's reason.
   */
  get(request: ClientRequest): Promise<ClientResponse>
  /** Figures of a table so far. */
  usage(table: string): TableUsage
}

export type ClientOptions = Readonly<{
  /** The account's alias, for messages; null: it has none. */
  account: string | null
  apiKey: Secret
  revision: string
  baseUrl?: string
  clock: Clock
  /** Uniform in [0, 1). */
  random: () => number
  governor: Governor
  /** `sluice/0.1.0` */
  userAgent: string
  /** Connections to use instead of own ones, a proxy's for example; the caller closes them. */
  dispatcher?: Dispatcher
  /** Open at the same time, at most. Default 128: the largest class sends 350/s, which at 300 ms fills 105. */
  connections?: number
  /** Default: 60 s to the status line, 60 s between pieces of a body. */
  timeouts?: Partial<Timeouts>
  retries?: Partial<RetryLimits>
  /** Told before every wait that the server or a failure causes. Must not throw. */
  onEvent?: (event: Limited) => void
}>

export function createClient(options: ClientOptions): Client {
  const { apiKey, clock, governor, revision } = options
  const origin = originOf(options.baseUrl ?? KLAVIYO_ORIGIN)
  const authorization = `Klaviyo-API-Key ${checkedKey(apiKey, options.account)}`
  const timeouts: Timeouts = { headersMs: 60_000, bodyIdleMs: 60_000, ...options.timeouts }
  const transport = createTransport({
    origin,
    clock,
    timeouts,
    dispatcher: options.dispatcher,
    connections: options.connections ?? 128,
  })
  const headers = {
    accept: 'application/vnd.api+json',
    'accept-encoding': 'gzip',
    'user-agent': options.userAgent,
    revision,
  }
  const tally = new Tally(governor)
  const contact = { made: false }
  const time = new ServerTime()
  return {
    origin,
    get: async ({ path, query, budget, rate, rateClass = '', endpoint = path, table, check, signal }) => {
      if (!path.startsWith('/'))
        throw new SluiceError('bug', `The path "${path}" does not begin with a slash.`)
      const key = [budget, endpoint.replace(/\/$/, ''), rateClass].join(' ').trimEnd()
      return runAttempts({
        transport,
        governor,
        clock,
        random: options.random,
        limits: { ...RETRY_LIMITS, ...options.retries },
        budget: { key, rate, label: endpoint },
        call: { target: targetOf(path, query), headers: { ...headers, authorization }, signal },
        context: { account: options.account, table: table.name, scopes: table.scopes, revision, origin },
        secret: apiKey,
        check: check ?? (() => undefined),
        tally: tally.of(table.name, key),
        contact,
        time,
        onEvent: options.onEvent ?? (() => undefined),
      })
    },
    usage: (table) => tally.usage(table),
    [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
  }
}
