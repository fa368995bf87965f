/** What is remembered; long enough to bridge a wait for the limit's next minute in part, short enough to be current. */
const WINDOW_MS = 10_000
const STEP_MS = 500

/** Things a second, over the last ten seconds. */
export class Speed {
  readonly #steps: { atMs: number; count: number }[] = []
  #startedMs: number | null = null

  add(count: number, atMs: number): void {
    this.#startedMs ??= atMs
    const last = this.#steps.at(-1)
    if (last !== undefined && atMs - last.atMs < STEP_MS) last.count += count
    else this.#steps.push({ atMs, count })
  }

  /** Null until there is enough to go by. */
  perSecond(atMs: number): number | null {
    if (this.#startedMs === null || atMs - this.#startedMs < STEP_MS) return null
    while ((this.#steps[0]?.atMs ?? atMs) < atMs - WINDOW_MS) this.#steps.shift()
    const total = this.#steps.reduce((sum, { count }) => sum + count, 0)
    return (total * 1000) / Math.min(WINDOW_MS, atMs - this.#startedMs)
  }
}
