/** Klaviyo over HTTP: one account's key, its limits, and what to do about every answer. */
import type { Dispatcher } from 'undici'
import { SluiceError, type Facts } from '../../model/errors.ts'
import type { Rate, Table } from '../../model/table.ts'
import type { Clock } from '../../util/clock.ts'
import type { Proxies } from '../../util/proxies.ts'
import type { Secret } from '../../util/secret.ts'
import { RETRY_LIMITS, type RetryLimits } from './backoff.ts'
import { checkedKey } from './checked-key.ts'
import { runAttempts, type ClientResponse, type Effect, type Ending, type Limited } from './attempts.ts'
import { BODY_BOUNDS, type BodyBounds } from './body.ts'
import type { Budget, Governor } from './governor.ts'
import { ServerTime } from './server-time.ts'
import { Tally, type TableUsage } from './tally.ts'
import { KLAVIYO_ORIGIN, originOf, targetOf } from './target.ts'
import { createTransport, type Call, type Timeouts } from './transport.ts'

export type { ClientResponse, Ending, Limited } from './attempts.ts'
export type { TableUsage } from './tally.ts'

/** What every call is told. */
type Asked = Readonly<{
  /** `/api/events` */
  path: string
  /** First guess of the endpoint's limits; answers correct it. */
  rate: Rate
  /** The parameters that put the request under limits of its own; empty for the ordinary ones. */
  rateClass?: string
  /** The path as Klaviyo counts it, where ids are part of the path: `/api/lists/{id}/profiles`. */
  endpoint?: string
  /** How patient to be with this one, where it differs from the client's ways. */
  limits?: CallLimits
  signal: AbortSignal
}>

export type CallLimits = Partial<RetryLimits> &
  Readonly<{
    /** The longest wait for the rate limits; a daily limit may take a day. Beyond it, `limit-used-up`. */
    maxWaitMs?: number
  }>

export type ClientRequest = Asked &
  Readonly<{
    /** Decoded pairs, which the client encodes; or the query of a `next` link, which is sent as it is. */
    query: string | readonly (readonly [string, string])[]
    /** For messages and figures. */
    table: Pick<Table, 'name' | 'scopes'>
    /** Throws when the body is not what it should be; that is treated like a connection that broke. */
    check?: (body: Buffer) => void
  }>

export type SendRequest = Asked &
  Readonly<{
    method: 'POST' | 'PATCH' | 'DELETE'
    /** JSON:API document; null: none. */
    document: unknown
    /** Whether sending the same once more, after an answer that got lost, has no further effect. */
    repeatable: boolean
    /** For messages and figures: what is sent, as a noun ("subscriptions"), and the scopes that it takes. */
    operation: Readonly<{ name: string; scopes: readonly string[] }>
  }>

export interface Client extends AsyncDisposable {
  /** Where requests go: `https://a.klaviyo.com`, or a sandbox. */
  readonly origin: string
  /**
   * Asks until there is an answer to use. Waits and retries as `decide.ts` and `network-fault.ts` say, within
   * bounds; then a SluiceError. An abort ends every wait at once, with the signal's reason.
   */
  get(request: ClientRequest): Promise<ClientResponse>
  /**
   * Sends until there is a verdict: taken (any status 2xx), refused (4xx, 409 among them, with Klaviyo's reasons),
   * or, for what may not be repeated, unknown. Rejects as `get` does; what is repeatable may have had its effect
   * then.
   */
  send(request: SendRequest): Promise<Ending>
  /** How long the next such request would wait for the limits; null: as long as an answer takes. */
  waitMs(request: Pick<Asked, 'path' | 'rate' | 'rateClass' | 'endpoint'>): number | null
  /** Figures of a table, or of an operation, so far. */
  usage(name: string): TableUsage
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
  /** The proxies to go through; default: none. */
  proxies?: Proxies | null
  /** What to send with instead of connections of its own; the caller closes it. */
  dispatcher?: Dispatcher
  /** Open at the same time, at most. Default 128: the largest class sends 350/s, which at 300 ms fills 105. */
  connections?: number
  /** Default: 60 s to the status line; a body is looked at every 30 s; what takes 5 s is told. */
  timeouts?: Partial<Timeouts>
  bodies?: Partial<BodyBounds>
  retries?: Partial<RetryLimits>
  /** Told of every wait worth knowing of. Must not throw. */
  onEvent?: (event: Limited) => void
}>

export function createClient(options: ClientOptions): Client {
  const { apiKey, clock, governor, revision } = options
  const origin = originOf(options.baseUrl ?? KLAVIYO_ORIGIN)
  const authorization = `Klaviyo-API-Key ${checkedKey(apiKey, options.account)}`
  const transport = createTransport({
    origin,
    clock,
    timeouts: { ...TIMEOUTS, ...options.timeouts },
    bounds: { ...BODY_BOUNDS, ...options.bodies },
    dispatcher: options.dispatcher,
    proxies: options.proxies ?? null,
    connections: options.connections ?? 128,
  })
  const headers = {
    accept: JSON_API,
    'accept-encoding': 'gzip',
    'user-agent': options.userAgent,
    revision,
    authorization,
  }
  const tally = new Tally(governor)
  const shared = {
    transport,
    governor,
    clock,
    random: options.random,
    secret: apiKey,
    contact: { made: false },
    time: new ServerTime(),
    onEvent: options.onEvent ?? (() => undefined),
  }

  const run = (asked: Asked, about: About): Promise<Ending> => {
    const { path, limits, signal } = asked
    if (!path.startsWith('/')) throw new SluiceError('bug', `The path "${path}" does not begin with a slash.`)
    const budget = budgetOf(asked)
    const { name, scopes, verb, what, facts, effect, check = () => undefined } = about
    return runAttempts({
      ...shared,
      limits: { ...RETRY_LIMITS, ...options.retries, ...limits },
      maxWaitMs: limits?.maxWaitMs,
      budget,
      call: { ...about.call, signal },
      effect,
      context: { account: options.account, verb, what, facts, scopes, revision, origin },
      name,
      check,
      tally: tally.of(name, budget.key),
    })
  }

  return {
    origin,
    get: async (request) => {
      const { path, query, table, check } = request
      const ending = await run(request, {
        ...table,
        verb: 'read',
        what: `table "${table.name}"`,
        facts: { table: table.name },
        effect: 'read',
        call: { method: 'GET', target: targetOf(path, query), headers, body: null },
        ...(check === undefined ? {} : { check }),
      })
      if (ending.kind !== 'taken') throw new SluiceError('bug', 'A read has no other ending.')
      return ending.response
    },
    send: async (request) => {
      const { path, method, document, repeatable, operation } = request
      const body = document === null ? null : Buffer.from(JSON.stringify(document))
      return await run(request, {
        ...operation,
        verb: 'send',
        what: `"${operation.name}"`,
        facts: {},
        effect: repeatable ? 'repeatable' : 'once',
        call: {
          method,
          target: path,
          headers: body === null ? headers : { ...headers, 'content-type': JSON_API },
          body,
        },
      })
    },
    waitMs: (request) => governor.waitMs(budgetOf(request)),
    usage: (name) => tally.usage(name),
    [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
  }
}

const JSON_API = 'application/vnd.api+json'

const TIMEOUTS: Timeouts = { headersMs: 60_000, bodyIdleMs: 30_000, noticeMs: 5_000 }

/** What a call is, besides how it is to be made. */
type About = Readonly<{
  name: string
  scopes: readonly string[]
  verb: 'read' | 'send'
  what: string
  facts: Facts
  effect: Effect
  call: Omit<Call, 'signal' | 'onHead' | 'onSlow'>
  check?: (body: Buffer) => void
}>

const budgetOf = ({
  path,
  rate,
  rateClass = '',
  endpoint = path,
}: Pick<Asked, 'path' | 'rate' | 'rateClass' | 'endpoint'>): Budget => ({
  key: `${endpoint.replace(/\/$/, '')} ${rateClass}`.trimEnd(),
  rate,
  label: endpoint,
})
