import { setMaxListeners } from 'node:events'

/** What a signal was aborted with, as an error that can be thrown. */
export const abortReason = (signal: AbortSignal): Error =>
  signal.reason instanceof Error ? signal.reason : new Error('aborted', { cause: signal.reason })

/** Throws the signal's reason when it is aborted. */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw abortReason(signal)
}

/** Calls `listener` once when the signal aborts, at once when it already has. Dispose to stop listening. */
export function onAbort(signal: AbortSignal, listener: () => void): Disposable {
  // One signal stops a whole run: dozens of streams listening to it at once are no leak, whatever Node suspects.
  setMaxListeners(0, signal)
  if (signal.aborted) listener()
  else signal.addEventListener('abort', listener, { once: true })
  return { [Symbol.dispose]: () => signal.removeEventListener('abort', listener) }
}
