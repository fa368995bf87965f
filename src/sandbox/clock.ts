/**
 * The sandbox's time. It can start anywhere, be moved by hand, stand still, or run faster than the wall's: with
 * `scale: 60` a minute's rate window passes in a second.
 */
export type SandboxClock = Readonly<{
  /** Milliseconds since 1970. */
  now: () => number
  /** Moves time forward by that much, at once. */
  advance: (ms: number) => void
  /** How many of its milliseconds pass in one of the wall's; 0 when it stands still. */
  scale: number
}>

/** `startMs`: what it shows now (default: the wall's time). */
export function sandboxClock(options: Readonly<{ startMs?: number; scale?: number }> = {}): SandboxClock {
  const { scale = 1 } = options
  const origin = performance.now()
  let base = options.startMs ?? Date.now()
  return {
    now: () => Math.floor(base + (performance.now() - origin) * scale),
    advance: (ms) => {
      base += ms
    },
    scale,
  }
}
