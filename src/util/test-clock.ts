import { setImmediate as turn } from 'node:timers/promises'
import { abortReason } from './abort.ts'
import type { Clock } from './clock.ts'

type Sleeper = { readonly atMs: number; readonly wake: () => void }

/**
 * A clock that stands still until it is told to move. Sleepers wake in order of their time, each with the
 * clock showing that time, and what they do next happens before the next one wakes.
 */
export class ManualClock implements Clock {
  #nowMs: number
  /** Sorted by time; equal times in order of arrival. */
  readonly #sleepers: Sleeper[] = []

  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.#nowMs = startMs
  }

  now(): number {
    return this.#nowMs
  }

  /** How many sleep at this moment: none when nothing has leaked. */
  get sleeping(): number {
    return this.#sleepers.length
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(abortReason(signal))
        return
      }
      const onAbort = (): void => {
        const at = this.#sleepers.indexOf(sleeper)
        if (at >= 0) this.#sleepers.splice(at, 1)
        if (signal !== undefined) reject(abortReason(signal))
      }
      const sleeper: Sleeper = {
        atMs: this.#nowMs + Math.max(0, delayMs),
        wake: () => {
          signal?.removeEventListener('abort', onAbort)
          resolve()
        },
      }
      this.#insert(sleeper)
      signal?.addEventListener('abort', onAbort, { once: true })
    })
  }

  /** Moves on by that many milliseconds, waking everyone on the way. */
  async advance(byMs: number): Promise<void> {
    await this.advanceTo(this.#nowMs + byMs)
  }

  async advanceTo(targetMs: number): Promise<void> {
    await turn()
    for (
      let next = this.#sleepers[0];
      next !== undefined && next.atMs <= targetMs;
      next = this.#sleepers[0]
    ) {
      this.#sleepers.shift()
      this.#nowMs = Math.max(this.#nowMs, next.atMs)
      next.wake()
      await turn()
    }
    this.#nowMs = Math.max(this.#nowMs, targetMs)
  }

  /** Jumps to the next sleeper and wakes it. False when nobody sleeps. */
  async next(): Promise<boolean> {
    await turn()
    const next = this.#sleepers[0]
    if (next === undefined) return false
    await this.advanceTo(next.atMs)
    return true
  }

  #insert(sleeper: Sleeper): void {
    let low = 0
    let high = this.#sleepers.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#sleepers[middle]?.atMs ?? Infinity) <= sleeper.atMs) low = middle + 1
      else high = middle
    }
    this.#sleepers.splice(low, 0, sleeper)
  }
}
