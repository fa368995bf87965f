/**
 * Network, rounding and ordinary drift make this much of a difference, and every default lookback is far longer.
 */
const TOLERATED_MS = 5_000

/**
 * The server's time, as far as this machine's clock is ahead of it. What counts as read up to a moment that has not
 * come yet at the server would never be asked for again, and every change in between would be lost.
 */
export class ServerTime {
  #aheadMs = Infinity

  /** Looks at the `Date` of an answer that has just come. The least difference seen is the truest. */
  observe(date: string | undefined, nowMs: number): void {
    const atMs = Date.parse(date ?? '')
    if (!Number.isNaN(atMs)) this.#aheadMs = Math.min(this.#aheadMs, nowMs - atMs)
  }

  /** A moment of this machine's clock as the server had it; unchanged where the two agree or this one is behind. */
  at(localMs: number): number {
    const isAhead = Number.isFinite(this.#aheadMs) && this.#aheadMs > TOLERATED_MS
    return isAhead ? localMs - this.#aheadMs : localMs
  }
}
