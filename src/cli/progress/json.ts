import { flagSpelling } from '../../model/spelling.ts'
import type { Listener, RunEvent } from '../../model/run-event.ts'

/** Every event as one line of JSON, with its time for people too. */
export const jsonProgress =
  (print: (line: string) => void): Listener =>
  (event) => {
    print(JSON.stringify({ time: new Date(event.at).toISOString(), ...event, ...spelledAsFlags(event) }))
  }

/** Whoever reads what a command prints writes flags. */
const spelledAsFlags = (event: RunEvent): Readonly<{ error?: unknown }> =>
  event.type === 'table failed'
    ? { error: { ...event.error.toJSON(), message: event.error.spelled(flagSpelling) } }
    : {}
