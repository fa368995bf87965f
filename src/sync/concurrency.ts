import type { Rate } from '../model/table.ts'

/** How many windows are read at once: a number as given, or as many as the rate limit can feed. */
export type Parallelism = number | 'auto'

/**
 * At Klaviyo's usual 300 ms, 32 streams read a hundred thousand events a second: about what two cores can type and
 * load. Twice as many were no faster there and held 100 MB more of bodies.
 */
const MOST = 32
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
