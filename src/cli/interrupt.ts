import { interrupted } from '../util/safe-error.ts'

/**
 * A signal that the first Ctrl-C (or SIGTERM) aborts, so that work in hand can be put away in order; a second one
 * ends the process at once, which is as safe as a power cut: only slower to resume.
 */
export function interruptSignal(tell: (line: string) => void): AbortSignal {
  const controller = new AbortController()
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(130)
    tell('Stopping: finishing what is being written. Press Ctrl-C again to stop at once.')
    controller.abort(interrupted())
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return controller.signal
}
