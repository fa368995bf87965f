import type { Clock } from '../../util/clock.ts'

/** Barks once when nobody has touched it for `quietMs`. Dispose to send it away. */
export function watchdog(clock: Clock, quietMs: number, bark: () => void): Disposable & { touch(): void } {
  const gone = new AbortController()
  let untilMs = clock.now() + quietMs
  const watch = async (): Promise<void> => {
    // One sleep at a time: a touch only moves the deadline, so a body of many chunks costs no timers.
    for (let leftMs = quietMs; leftMs > 0; leftMs = untilMs - clock.now()) {
      await clock.sleep(Math.min(leftMs, quietMs), gone.signal)
    }
    bark()
  }
  watch().catch(() => undefined) // sent away
  return {
    touch: () => {
      untilMs = clock.now() + quietMs
    },
    [Symbol.dispose]: () => gone.abort(),
  }
}
