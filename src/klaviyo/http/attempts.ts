import { SluiceError } from '../../model/errors.ts'
import { throwIfAborted } from '../../util/abort.ts'
import type { Clock } from '../../util/clock.ts'
import type { Secret } from '../../util/secret.ts'
import { answerOf, type Answer, type ApiError } from './answer.ts'
import { backoffMs, type RetryLimits } from './backoff.ts'
import { decide, type Context, type Decision } from './decide.ts'
import type { Governor } from './governor.ts'
import { NetworkFault, type NetworkRetry } from './network-fault.ts'
import type { Budget, Permit } from './permit.ts'
import { retryAfterMs, statedLimits } from './rate-headers.ts'
import type { ServerTime } from './server-time.ts'
import type { Counters } from './tally.ts'
import type { Call, Headers, Reply, Transport } from './transport.ts'

/** A wait, told before it is sat through, or within seconds where nobody knew that it would be one. */
export type Limited = Readonly<{
  type: 'limited'
  table: string
  /** How long; of `slow` ones, how long it may still take. */
  waitMs: number
  /**
   * `throttled` the server asked for it · `backoff` it follows a failure · `limit` the rate limits leave nothing ·
   * `slow` an answer, or its body, is long in coming.
   */
  reason: 'throttled' | 'backoff' | 'limit' | 'slow'
  /** A phrase: "status 503", "the connection was reset (ECONNRESET)". */
  why: string
}>

/** An answer that can be used. */
export type ClientResponse = Readonly<{
  status: number
  /** The body as received, still compressed when `encoding` says so. */
  raw: Buffer
  encoding: 'identity' | 'gzip'
  /** The body as text bytes (the same buffer as `raw` where it came uncompressed). */
  body: Buffer
  latencyMs: number
  /** By the server's clock, where this machine's is ahead of it. */
  receivedAtMs: number
}>

/** How a request ends that did not fail. */
export type Ending =
  | Readonly<{ kind: 'taken'; response: ClientResponse }>
  /** Klaviyo has looked at what was sent and does not want it. */
  | Readonly<{ kind: 'refused'; status: number; errors: readonly ApiError[]; body: Buffer }>
  /** It was sent, and nobody knows whether it had an effect: no answer, or one that does not say. */
  | Readonly<{ kind: 'unknown'; why: string }>

/** `read` asks · `repeatable` has the same effect once or twice · `once` may have another effect the second time. */
export type Effect = 'read' | 'repeatable' | 'once'

export type Attempts = Readonly<{
  transport: Transport
  governor: Governor
  clock: Clock
  random: () => number
  limits: RetryLimits
  maxWaitMs: number | undefined
  budget: Budget
  call: Omit<Call, 'onHead' | 'onSlow'>
  effect: Effect
  context: Context
  /** For events: the table, or what is sent. */
  name: string
  secret: Secret
  check: (body: Buffer) => void
  tally: Counters
  /** Whether this client has ever had an answer; shared by its requests. */
  contact: { made: boolean }
  time: ServerTime
  onEvent: (event: Limited) => void
}>

/** What came of one attempt, if it did not end the matter with an error. */
type Outcome = Ending | Readonly<{ kind: 'throttled'; waitMs: number }> | Failure

type Failure = Readonly<{
  kind: 'failed'
  why: string
  retry: NetworkRetry
  /** The server's own wait, where it named one. */
  waitMs: number | null
  advice: string | null
  /** Whether the request certainly had no effect. */
  untouched: boolean
  cause?: unknown
}>

/** One request, until it is answered or there is no point in going on. */
export async function runAttempts(plan: Attempts): Promise<Ending> {
  const { clock, limits, call, context, tally, random, effect } = plan
  const startedMs = clock.now()
  let failures = 0
  let throttles = 0
  let waitedMs = 0
  for (;;) {
    const outcome = await attempt(plan)
    if (outcome.kind === 'throttled') {
      throttles += 1
      tally.throttled += 1
      if (throttles >= limits.throttles) throw crowdedOut(context, throttles)
      tell(plan, 'throttled', outcome.waitMs, 'status 429')
      continue // the governor holds back everybody who spends this budget
    }
    if (outcome.kind !== 'failed') return outcome
    if (effect === 'once' && !outcome.untouched) return { kind: 'unknown', why: outcome.why }
    failures += 1
    const waitMs = outcome.waitMs ?? backoffMs(failures, limits, random)
    const unmet = outcome.retry === 'briefly' && !plan.contact.made
    const attempts = outcome.retry === 'no' ? 1 : unmet ? limits.firstContactAttempts : limits.attempts
    if (failures >= attempts || waitedMs + waitMs > limits.totalMs) {
      const tookMs = clock.now() - startedMs
      throw givenUp(context, { failure: outcome, failures, tookMs, contact: plan.contact.made })
    }
    tally.retries += 1
    tell(plan, 'backoff', waitMs, outcome.why)
    waitedMs += waitMs
    await clock.sleep(waitMs, call.signal)
  }
}

function tell({ onEvent, name }: Attempts, reason: Limited['reason'], waitMs: number, why: string): void {
  onEvent({ type: 'limited', table: name, waitMs, reason, why })
}

async function attempt(plan: Attempts): Promise<Outcome> {
  const { governor, transport, budget, call, tally, maxWaitMs } = plan
  const permit = await governor.acquire(budget, call.signal, {
    ...(maxWaitMs === undefined ? {} : { maxWaitMs }),
    onWait: (waitMs) => tell(plan, 'limit', waitMs, `the limit for "${budget.label}" is used up`),
  })
  tally.requests += 1
  try {
    const reply = await transport.send({
      ...call,
      onHead: (status, headers) => settle(plan, permit, status, headers),
      onSlow: (what, leftMs) => tell(plan, 'slow', leftMs, what),
    })
    tally.bytes += reply.raw.length
    return judge(plan, reply)
  } catch (error) {
    throwIfAborted(call.signal)
    if (!(error instanceof NetworkFault)) throw error
    const { message: why, retry, advice, sent } = error
    return { kind: 'failed', why, retry, waitMs: null, advice, untouched: !sent, cause: error }
  } finally {
    permit.settle()
  }
}

// The counting is done once the status line is here; a slow body must not hold the budget.
function settle({ contact, clock, time }: Attempts, permit: Permit, status: number, headers: Headers): void {
  contact.made = true
  time.observe(headers['date'], clock.now())
  const limits = statedLimits(headers['ratelimit-limit'])
  const throttledForMs = status === 429 ? throttleMs(headers, clock.now()) : undefined
  permit.settle(throttledForMs === undefined ? { limits } : { limits, throttledForMs })
}

/** A 429 without a time to wait: the burst window is the likelier one, and asking again costs little. */
const UNSTATED_WAIT_MS = 1_000

const throttleMs = (headers: Headers, nowMs: number): number =>
  retryAfterMs(headers['retry-after'], headers['date'], nowMs) ?? UNSTATED_WAIT_MS

function judge(plan: Attempts, reply: Reply): Outcome {
  const { clock, secret, context, effect } = plan
  const answer = answerOf(reply, clock.now(), secret)
  const { status, errors } = answer
  const decision = decide(answer, context)
  if (effect !== 'read' && isVerdict(answer, decision))
    return { kind: 'refused', status, errors, body: reply.body }
  switch (decision.kind) {
    case 'take':
      return taken(plan, reply)
    case 'wait':
      return { kind: 'throttled', waitMs: decision.waitMs ?? UNSTATED_WAIT_MS }
    case 'retry':
      return { ...decision, kind: 'failed', retry: 'yes', advice: null }
    case 'stop':
      if (decision.error.code === 'link-refused') plan.tally.refusedLinks += 1
      throw decision.error
    default:
      return decision satisfies never
  }
}

/** Klaviyo's own no to what was sent, as against a wrong key, address or revision, which would meet all that follows. */
const isVerdict = ({ status, content }: Answer, decision: Decision): boolean =>
  decision.kind === 'stop' &&
  decision.error.fault === 'source' &&
  status >= 400 &&
  (content === 'json' || content === 'none')

function taken({ check, secret, time }: Attempts, reply: Reply): Outcome {
  const { status, raw, encoding, body, latencyMs } = reply
  try {
    check(body)
  } catch (cause) {
    const why = secret.mask(cause instanceof Error ? cause.message : String(cause))
    return { kind: 'failed', why, retry: 'yes', waitMs: null, advice: null, untouched: false, cause }
  }
  const receivedAtMs = time.at(reply.receivedAtMs)
  return { kind: 'taken', response: { status, raw, encoding, body, latencyMs, receivedAtMs } }
}

type End = Readonly<{ failure: Failure; failures: number; tookMs: number; contact: boolean }>

function givenUp(context: Context, { failure, failures, tookMs, contact }: End): SluiceError {
  const { verb, what, origin } = context
  const times = failures === 1 ? 'once' : `${failures} times in ${Math.ceil(tookMs / 1_000)} s`
  const advice = failure.advice ?? KEPT[verb]
  // Where nothing has ever answered it is no table's fault, least of all of the first one asked for.
  const problem =
    contact || failure.retry === 'yes'
      ? `${what.charAt(0).toUpperCase()}${what.slice(1)} could not be ${verb === 'read' ? 'read from' : 'sent to'} "${origin}"`
      : `"${origin}" cannot be reached`
  const message = `${problem}: ${failure.why}, tried ${times}. ${advice}`
  return new SluiceError(contact ? 'source-failing' : 'source-unreachable', message, {
    cause: failure.cause,
    facts: context.facts,
  })
}

const KEPT: Readonly<Record<Context['verb'], string>> = {
  read: 'What was loaded is kept; run the same command again to go on from there.',
  send: 'Run the same command again to send what is left.',
}

const crowdedOut = ({ verb, what, facts }: Context, throttles: number): SluiceError =>
  new SluiceError(
    'source-crowded',
    `Klaviyo answered ${throttles} times that the limit for ${what} is used up; others use the same account. ` +
      `${verb === 'read' ? 'What was loaded is kept; run' : 'Run'} the same command again when it is quieter.`,
    { facts },
  )
