import { SluiceError } from '../../model/errors.ts'
import type { Rate } from '../../model/table.ts'
import { abortReason, onAbort } from '../../util/abort.ts'
import type { Clock } from '../../util/clock.ts'
import { monotonic } from '../../util/monotonic.ts'
import { afterThrottle, boundOf, type Allowance } from './allowance.ts'
import type { Permit, Report, Usage, Waiting } from './permit.ts'

export type BucketOptions = Readonly<{
  clock: Clock
  /** How much of every limit to use at this moment. */
  rateShare: () => number
  maxWaitMs: number
  rate: Rate
  label: string
}>

type Waiter = Readonly<{
  admit: (permit: Permit) => void
  refuse: (reason: Error) => void
  maxWaitMs: number
  onWait: (waitMs: number) => void
}>

// Klaviyo rounds its wait to seconds; a zero must not become a busy loop.
const LEAST_PAUSE_MS = 200

/** Waits from here on are worth saying. */
const NOTICEABLE_MS = 5_000

// A timer of more than 24 days fires at once, and a machine that slept wakes late: longer waits are looked at again.
const LONGEST_SLEEP_MS = 3_600_000

/**
 * One budget. Klaviyo counts in fixed windows whose start we do not know, so the bound is kept in *every* window
 * of that length: a request is held against it from before it is sent until one window after its answer, and
 * it must have been counted somewhere in between. That costs one latency per window (0.5 % of a minute at 300 ms)
 * and rules a 429 out as long as nobody else spends the same budget.
 */
export class Bucket {
  readonly #clock: Clock
  readonly #now: () => number
  readonly #options: BucketOptions
  #allowances: readonly Allowance[]
  readonly #queue: Waiter[] = []
  #inFlight = 0
  /** When answers came, ascending; as many as the largest limit needs. */
  #settledMs: number[] = []
  #pausedUntilMs = -Infinity
  /** A wait until then has been told. */
  #toldUntilMs = -Infinity
  #alarm: { readonly atMs: number; readonly stop: AbortController } | null = null
  #requests = 0
  #throttled = 0
  #firstSentMs = -Infinity
  #lastSettledMs = -Infinity

  constructor(options: BucketOptions) {
    this.#options = options
    this.#clock = options.clock
    this.#now = monotonic(options.clock)
    const { perSecond, perMinute, perDay } = options.rate
    this.#allowances = [
      { windowMs: 1_000, limit: perSecond, cut: null },
      { windowMs: 60_000, limit: perMinute, cut: null },
      ...(perDay === undefined ? [] : [{ windowMs: 86_400_000, limit: perDay, cut: null }]),
    ]
  }

  acquire(
    signal: AbortSignal,
    { maxWaitMs = this.#options.maxWaitMs, onWait = () => undefined }: Waiting = {},
  ): Promise<Permit> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(abortReason(signal))
        return
      }
      const waiter: Waiter = {
        admit: (permit) => {
          listening[Symbol.dispose]()
          resolve(permit)
        },
        refuse: (reason) => {
          listening[Symbol.dispose]()
          reject(reason)
        },
        maxWaitMs,
        onWait,
      }
      const listening = onAbort(signal, () => {
        this.#queue.splice(this.#queue.indexOf(waiter), 1)
        if (this.#queue.length === 0) this.#disarm()
        reject(abortReason(signal))
      })
      this.#queue.push(waiter)
      this.#pump()
    })
  }

  /** How long the next request would wait; null: until an answer comes. */
  waitMs(): number | null {
    const nowMs = this.#now()
    const atMs = this.#admissibleAtMs(nowMs)
    return atMs === Infinity ? null : Math.max(0, atMs - nowMs)
  }

  usage(): Usage {
    // A budget is given by the minute: what is spent in a few seconds is a part of one.
    const minutes = Math.max(1, (this.#lastSettledMs - this.#firstSentMs) / 60_000)
    const perMinute = this.#allowances.find(({ windowMs }) => windowMs === 60_000)?.limit ?? Infinity
    const limitShare = Math.min(1, this.#requests / (perMinute * minutes))
    return { requests: this.#requests, throttled: this.#throttled, limitShare, waiting: this.#queue.length }
  }

  #pump(): void {
    while (this.#queue.length > 0) {
      const nowMs = this.#now()
      const atMs = this.#admissibleAtMs(nowMs)
      if (atMs > nowMs) {
        this.#waitUntil(atMs, nowMs)
        return
      }
      this.#queue.shift()?.admit(this.#grant(nowMs))
    }
    this.#disarm()
  }

  /** Infinity: not before an answer comes. */
  #admissibleAtMs(nowMs: number): number {
    return this.#allowances.reduce((latestMs, allowance) => {
      const { requests, spanMs } = boundOf(allowance, this.#options.rateShare(), nowMs)
      const room = requests - this.#inFlight
      if (room <= 0) return Infinity
      return Math.max(latestMs, (this.#settledMs.at(-room) ?? -Infinity) + spanMs)
    }, this.#pausedUntilMs)
  }

  #grant(sentMs: number): Permit {
    this.#inFlight += 1
    this.#requests += 1
    if (this.#firstSentMs === -Infinity) this.#firstSentMs = sentMs
    let open = true
    return {
      settle: (report = {}) => {
        if (!open) return
        open = false
        this.#settle(sentMs, report)
      },
    }
  }

  #settle(sentMs: number, { limits = [], throttledForMs }: Report): void {
    const nowMs = this.#now()
    this.#inFlight -= 1
    this.#lastSettledMs = nowMs
    this.#settledMs.push(nowMs)
    for (const { limit, windowSeconds } of limits) this.#correct(windowSeconds * 1_000, limit)
    if (throttledForMs !== undefined) this.#throttle(sentMs, nowMs, throttledForMs)
    const needed = Math.max(...this.#allowances.map(({ limit }) => limit))
    if (this.#settledMs.length > 2 * needed + 100) this.#settledMs = this.#settledMs.slice(-needed)
    this.#pump()
  }

  #correct(windowMs: number, limit: number): void {
    const known = this.#allowances.find((allowance) => allowance.windowMs === windowMs)
    if (known?.limit === limit) return
    const others = this.#allowances.filter((allowance) => allowance !== known)
    this.#allowances = [...others, { cut: null, ...known, windowMs, limit }].sort(
      (a, b) => a.windowMs - b.windowMs,
    )
  }

  #throttle(sentMs: number, nowMs: number, waitMs: number): void {
    this.#throttled += 1
    this.#pausedUntilMs = Math.max(this.#pausedUntilMs, nowMs + Math.max(LEAST_PAUSE_MS, waitMs))
    this.#toldUntilMs = this.#pausedUntilMs // by whoever had that answer
    // The wait runs to the end of the window that is full, so the shortest window that can hold it is to blame.
    const blamed = this.#allowances.find(({ windowMs }) => windowMs >= waitMs) ?? this.#allowances.at(-1)
    if (blamed === undefined) return
    // In its first window a budget may still carry what an earlier run of ours spent; one cut per lesson.
    const inherited = sentMs - this.#firstSentMs < blamed.windowMs
    const learned = blamed.cut !== null && sentMs <= blamed.cut.atMs
    if (inherited || learned) return
    const cut = afterThrottle(blamed, this.#options.rateShare(), nowMs)
    this.#allowances = this.#allowances.map((allowance) => (allowance === blamed ? cut : allowance))
  }

  #waitUntil(atMs: number, nowMs: number): void {
    if (atMs === Infinity) {
      this.#disarm()
      return
    }
    const waitMs = atMs - nowMs
    this.#refuse(waitMs)
    const [first] = this.#queue
    if (first === undefined) {
      this.#disarm()
      return
    }
    // One voice for all that wait, and once for a wait that later answers make a little longer.
    if (waitMs >= NOTICEABLE_MS && this.#toldUntilMs <= nowMs) {
      this.#toldUntilMs = atMs
      first.onWait(waitMs)
    }
    if (this.#alarm?.atMs === atMs) return
    this.#disarm()
    const stop = new AbortController()
    this.#alarm = { atMs, stop }
    void this.#ring(Math.min(waitMs, LONGEST_SLEEP_MS), stop)
  }

  async #ring(delayMs: number, stop: AbortController): Promise<void> {
    await this.#clock.sleep(delayMs, stop.signal).catch(() => undefined)
    // Replaced or taken away while it slept.
    if (this.#alarm?.stop !== stop) return
    this.#alarm = null
    this.#pump()
  }

  #disarm(): void {
    this.#alarm?.stop.abort()
    this.#alarm = null
  }

  /** Sends those away that would not wait so long. */
  #refuse(waitMs: number): void {
    const impatient = this.#queue.filter(({ maxWaitMs }) => waitMs > maxWaitMs)
    if (impatient.length === 0) return
    const left = this.#queue.filter((waiter) => !impatient.includes(waiter))
    this.#queue.splice(0, Infinity, ...left)
    const opens = `${new Date(this.#clock.now() + waitMs).toISOString().slice(0, 16)}Z`
    const reason = new SluiceError(
      'limit-used-up',
      `Klaviyo's limit for "${this.#options.label}" is used up until ${opens}. ` +
        'What was loaded is kept; run the same command again after that time.',
      { facts: { waitMs } },
    )
    for (const waiter of impatient) waiter.refuse(reason)
  }
}
