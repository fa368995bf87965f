import type { Emit, Envelope, Happening, Listener } from '../model/run-event.ts'
import { safeValue } from '../util/safe-error.ts'
import type { Redact } from '../util/redact.ts'

export type EmitterOptions = Readonly<{
  listener: Listener
  run: string
  command: Envelope['command']
  /** Null until it is known: the event that says so sets it. */
  account: string | null
  now: () => number
  /** Applied to every text of an event. */
  redact: Redact
  /** Told of the first time that the listener throws, or rejects: the run does not suffer from it. */
  onBroken: (error: unknown) => void
}>

/** The one place from which events go out: each gets its envelope, is safe to show, and cannot break the run. */
export function emitter({ listener, run, command, account, now, redact, onBroken }: EmitterOptions): Emit {
  let known = account
  let isBroken = false
  const broke = (error: unknown): void => {
    if (!isBroken) onBroken(error)
    isBroken = true
  }
  return (happening: Happening) => {
    if (happening.type === 'run started') known = happening.account
    const event = { ...safeValue(happening, redact), run, command, account: known, at: now() }
    try {
      const answer = listener(event as Envelope & Happening)
      if (answer instanceof Promise) answer.catch(broke)
    } catch (error) {
      broke(error)
    }
  }
}
