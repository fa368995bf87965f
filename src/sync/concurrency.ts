import type { Rate } from '../model/table.ts'

/** How many windows are read at once: a number as given, or as many as the rate limit can feed. */
export type Parallelism = number | 'auto'

/** More than this many streams only queue up in front of the governor: 64 at 300 ms are 213 requests a second. */
const MOST = 64
/** Until the first answer has told the latency. */
const FIRST_GUESS = 4

/**
 * Little's law: to send r requests a second, each taking t seconds, r × t must be under way. The burst limit is
 * the rate, as it is what holds until the steady window is spent; from then on the governor makes them wait.
 */
export class Concurrency {
  readonly #parallelism: Parallelism
  readonly #perSecond: number
  #latencyMs: number | null = null

  constructor(parallelism: Parallelism, rate: Rate) {
    this.#parallelism = parallelism
    this.#perSecond = rate.perSecond
  }

  observe(latencyMs: number): void {
    this.#latencyMs = this.#latencyMs === null ? latencyMs : this.#latencyMs * 0.8 + latencyMs * 0.2
  }

  get limit(): number {
    if (this.#parallelism !== 'auto') return this.#parallelism
    if (this.#latencyMs === null) return FIRST_GUESS
    return Math.min(MOST, Math.max(FIRST_GUESS, Math.ceil((this.#perSecond * this.#latencyMs) / 1000)))
  }
}
