import { abortReason, onAbort } from './abort.ts'

/** Time as an argument, so that an hour's wait takes no time in a test. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Resolves after that many milliseconds; rejects with the signal's reason when it aborts first. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (delayMs, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(abortReason(signal))
        return
      }
      const timer = setTimeout(() => {
        listening?.[Symbol.dispose]()
        resolve()
      }, delayMs)
      const listening =
        signal === undefined
          ? undefined
          : onAbort(signal, () => {
              clearTimeout(timer)
              reject(abortReason(signal))
            })
    }),
}
