import { OutOfRange } from './out-of-range.ts'

/**
 * The sandbox's time. It can start anywhere, be moved by hand, stand still, or run faster than the wall's: with
 * `scale: 60` a minute's rate window passes in a second.
 */
export type SandboxClock = Readonly<{
  /** Milliseconds since 1970. */
  now: () => number
  /** Moves time forward by that much, at once. Throws `OutOfRange` for anything else. */
  advance: (ms: number) => void
  /** How many of its milliseconds pass in one of the wall's; 0 when it stands still. */
  scale: number
}>

/**
 * The years that it can show. Events keep their seconds in 32 bits and are written with ten digits of them (from 2001
 * on), and a shop has some five years of history.
 */
const FIRST_MS = Date.UTC(2010)
const LAST_MS = Date.UTC(2100)

/** `startMs`: what it shows now (default: the wall's time). Throws `OutOfRange` for a time or scale that cannot be. */
export function sandboxClock(options: Readonly<{ startMs?: number; scale?: number }> = {}): SandboxClock {
  const { scale = 1, startMs = Date.now() } = options
  if (!(startMs >= FIRST_MS && startMs < LAST_MS)) {
    throw new OutOfRange(`The sandbox's clock cannot start at ${startMs} ms: it shows 2010 to 2099.`)
  }
  if (!(scale >= 0 && scale < Number.POSITIVE_INFINITY)) {
    throw new OutOfRange(`The sandbox's clock cannot run at ${scale} times the wall's.`)
  }
  const origin = performance.now()
  let base = startMs
  const now = (): number => Math.min(LAST_MS, Math.floor(base + (performance.now() - origin) * scale))
  return {
    now,
    advance: (ms) => {
      if (!(ms >= 0 && now() + ms <= LAST_MS)) {
        throw new OutOfRange(
          `The clock cannot move by ${ms} ms: it goes forward, to the end of 2099 at most.`,
        )
      }
      base += ms
    },
    scale,
  }
}
