import type { Listener } from '../../model/run-event.ts'

/** Every event as one line of JSON, with the time it was seen. */
export const jsonProgress =
  (print: (line: string) => void, now: () => number): Listener =>
  (event) => {
    print(JSON.stringify({ time: new Date(now()).toISOString(), ...event }))
  }
