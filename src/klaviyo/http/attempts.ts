import { SluiceError } from '../../model/errors.ts'
import { throwIfAborted } from '../../util/abort.ts'
import type { Clock } from '../../util/clock.ts'
import type { Secret } from '../../util/secret.ts'
import { answerOf } from './answer.ts'
import { backoffMs, type RetryLimits } from './backoff.ts'
import { decide, type Context } from './decide.ts'
import type { Governor } from './governor.ts'
import { NetworkFault, type NetworkRetry } from './network-fault.ts'
import type { Budget, Permit } from './permit.ts'
import { retryAfterMs, statedLimits } from './rate-headers.ts'
import type { ServerTime } from './server-time.ts'
import type { Counters } from './tally.ts'
import type { Call, Headers, Reply, Transport } from './transport.ts'

/** A wait that the server asked for (`throttled`) or that follows a failure (`backoff`). */
export type Limited = Readonly<{
  type: 'limited'
  table: string
  waitMs: number
  reason: 'throttled' | 'backoff'
  /** A phrase: "status 503", "the connection was reset (ECONNRESET)". */
  why: string
}>

/** An answer that can be used. */
export type ClientResponse = Readonly<{
  /** The body as received, still compressed when `encoding` says so. */
  raw: Buffer
  encoding: 'identity' | 'gzip'
  /** The body as text bytes (the same buffer as `raw` where it came uncompressed). */
  body: Buffer
  latencyMs: number
  /** By the server's clock, where this machine's is ahead of it. */
  receivedAtMs: number
}>

export type Attempts = Readonly<{
  transport: Transport
  governor: Governor
  clock: Clock
  random: () => number
  limits: RetryLimits
  budget: Budget
  call: Omit<Call, 'onHead'>
  context: Context
  secret: Secret
  check: (body: Buffer) => void
  tally: Counters
  /** Whether this client has ever had an answer; shared by its requests. */
  contact: { made: boolean }
  time: ServerTime
  onEvent: (event: Limited) => void
}>

/** What came of one attempt, if it did not end the matter with an error. */
type Outcome =
  | Readonly<{ kind: 'taken'; response: ClientResponse }>
  | Readonly<{ kind: 'throttled'; waitMs: number }>
  | Failure

type Failure = Readonly<{
  kind: 'failed'
  why: string
  retry: NetworkRetry
  /** The server's own wait, where it named one. */
  waitMs: number | null
  advice: string | null
  cause?: unknown
}>

/** One request, until it is answered or there is no point in going on. */
export async function runAttempts(plan: Attempts): Promise<ClientResponse> {
  const { clock, limits, call, context, tally, random, onEvent } = plan
  const startedMs = clock.now()
  let failures = 0
  let throttles = 0
  let waitedMs = 0
  for (;;) {
    const outcome = await attempt(plan)
    if (outcome.kind === 'taken') return outcome.response
    if (outcome.kind === 'throttled') {
      throttles += 1
      tally.throttled += 1
      if (throttles >= limits.throttles) throw crowdedOut(context, throttles)
      onEvent({
        type: 'limited',
        table: context.table,
        waitMs: outcome.waitMs,
        reason: 'throttled',
        why: 'status 429',
      })
      continue // the governor holds back everybody who spends this budget
    }
    failures += 1
    const waitMs = outcome.waitMs ?? backoffMs(failures, limits, random)
    const unmet = outcome.retry === 'briefly' && !plan.contact.made
    const attempts = outcome.retry === 'no' ? 1 : unmet ? limits.firstContactAttempts : limits.attempts
    if (failures >= attempts || waitedMs + waitMs > limits.totalMs) {
      const tookMs = clock.now() - startedMs
      throw givenUp(context, { failure: outcome, failures, tookMs, contact: plan.contact.made })
    }
    tally.retries += 1
    onEvent({ type: 'limited', table: context.table, waitMs, reason: 'backoff', why: outcome.why })
    waitedMs += waitMs
    await clock.sleep(waitMs, call.signal)
  }
}

async function attempt(plan: Attempts): Promise<Outcome> {
  const { governor, transport, budget, call, tally } = plan
  const permit = await governor.acquire(budget, call.signal)
  tally.requests += 1
  try {
    const onHead = (status: number, headers: Headers): void => settle(plan, permit, status, headers)
    const reply = await transport.send({ ...call, onHead })
    tally.bytes += reply.raw.length
    return judge(plan, reply)
  } catch (error) {
    throwIfAborted(call.signal)
    if (!(error instanceof NetworkFault)) throw error
    const { message: why, retry, advice } = error
    return { kind: 'failed', why, retry, waitMs: null, advice, cause: error }
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

function judge({ clock, secret, context, check, time }: Attempts, reply: Reply): Outcome {
  const decision = decide(answerOf(reply, clock.now(), secret), context)
  switch (decision.kind) {
    case 'take':
      return taken({ ...reply, receivedAtMs: time.at(reply.receivedAtMs) }, check, secret)
    case 'wait':
      return { kind: 'throttled', waitMs: decision.waitMs ?? UNSTATED_WAIT_MS }
    case 'retry':
      return { kind: 'failed', why: decision.why, retry: 'yes', waitMs: decision.waitMs, advice: null }
    case 'stop':
      throw new SluiceError(decision.code, decision.message, { facts: decision.facts })
    default:
      return decision satisfies never
  }
}

function taken(
  { raw, encoding, body, latencyMs, receivedAtMs }: Reply,
  check: (body: Buffer) => void,
  secret: Secret,
): Outcome {
  try {
    check(body)
  } catch (cause) {
    const why = secret.mask(cause instanceof Error ? cause.message : String(cause))
    return { kind: 'failed', why, retry: 'yes', waitMs: null, advice: null, cause }
  }
  return { kind: 'taken', response: { raw, encoding, body, latencyMs, receivedAtMs } }
}

type End = Readonly<{ failure: Failure; failures: number; tookMs: number; contact: boolean }>

function givenUp({ table, origin }: Context, { failure, failures, tookMs, contact }: End): SluiceError {
  const times = failures === 1 ? 'once' : `${failures} times in ${Math.ceil(tookMs / 1_000)} s`
  const advice = failure.advice ?? 'What was loaded is kept; run the same command again to go on from there.'
  // Where nothing has ever answered it is no table's fault, least of all of the first one asked for.
  const what =
    contact || failure.retry === 'yes'
      ? `Table "${table}" could not be read from "${origin}"`
      : `"${origin}" cannot be reached`
  const message = `${what}: ${failure.why}, tried ${times}. ${advice}`
  return new SluiceError(contact ? 'source-failing' : 'source-unreachable', message, {
    cause: failure.cause,
    facts: { table },
  })
}

const crowdedOut = ({ table }: Context, throttles: number): SluiceError =>
  new SluiceError(
    'source-crowded',
    `Klaviyo answered ${throttles} times that the limit for table "${table}" is used up; others use the same account. ` +
      'What was loaded is kept; run the same command again when it is quieter.',
    { facts: { table } },
  )
