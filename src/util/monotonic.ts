import type { Clock } from './clock.ts'

/**
 * Milliseconds that never run backwards, for measuring. The wall clock may be set back while a run lasts, and
 * whoever waits until "then" would wait for as long as it was set back.
 */
export function monotonic(clock: Pick<Clock, 'now'>): () => number {
  let lastMs = clock.now()
  let shiftMs = 0
  return () => {
    const nowMs = clock.now() + shiftMs
    if (nowMs < lastMs) shiftMs += lastMs - nowMs
    lastMs = Math.max(lastMs, nowMs)
    return lastMs
  }
}
