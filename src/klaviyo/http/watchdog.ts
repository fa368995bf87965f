import type { Clock } from '../../util/clock.ts'

/** Barks once, after `delayMs`. Dispose to send it away. */
export function watchdog(clock: Clock, delayMs: number, bark: () => void): Disposable {
  const gone = new AbortController()
  clock.sleep(delayMs, gone.signal).then(bark, () => undefined) // sent away
  return { [Symbol.dispose]: () => gone.abort() }
}

export type Pace = Readonly<{
  spanMs: number
  /** Bytes that must have come in each span. */
  least: number
  /** Bytes that have come so far. */
  came: () => number
  /** Told what came in the span that was too slow. */
  bark: (bytes: number) => void
}>

/** Looks once in each span whether enough has come; barks once where it has not. Dispose to send it away. */
export function pacer(clock: Clock, { spanMs, least, came, bark }: Pace): Disposable {
  const gone = new AbortController()
  const watch = async (): Promise<void> => {
    let before = came()
    for (;;) {
      await clock.sleep(spanMs, gone.signal)
      const inSpan = came() - before
      if (inSpan < least) {
        bark(inSpan)
        return
      }
      before += inSpan
    }
  }
  watch().catch(() => undefined) // sent away
  return { [Symbol.dispose]: () => gone.abort() }
}
