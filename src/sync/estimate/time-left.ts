import type { Rate } from '../../model/table.ts'

/** What each of Klaviyo's windows alone makes a number of requests take, in milliseconds. */
export type LimitTimes = Readonly<{ burst: number; steady: number; daily: number }>

/** A window that all requests fit into holds up none of them: 0. */
export function limitTimes(requests: number, { perSecond, perMinute, perDay }: Rate): LimitTimes {
  const burst = (requests / perSecond) * 1_000
  const steady = inWindows(requests, perMinute, 60_000, (rest) => (rest / perSecond) * 1_000)
  const daily =
    perDay === undefined
      ? 0
      : inWindows(requests, perDay, 86_400_000, (rest) =>
          Math.max(
            (rest / perSecond) * 1_000,
            inWindows(rest, perMinute, 60_000, () => 0),
          ),
        )
  return { burst, steady, daily }
}

/** Full windows are waited out; what is left over for the last one takes its own time. */
function inWindows(
  requests: number,
  limit: number,
  windowMs: number,
  restMs: (requests: number) => number,
): number {
  if (requests <= limit) return 0
  const full = Math.ceil(requests / limit) - 1
  return full * windowMs + restMs(requests - full * limit)
}

/**
 * How long the rest of a read will take, in milliseconds: at the speed seen so far, and no faster than the limits
 * allow. A run starts out at the speed of the burst limit, which the steady one does not let it keep.
 */
export function timeLeft({
  rowsLeft,
  pageRows,
  rate,
  rowsPerSecondSeen,
}: Readonly<{ rowsLeft: number; pageRows: number; rate: Rate; rowsPerSecondSeen: number }>): number {
  if (rowsLeft <= 0) return 0
  const bySpeed = rowsPerSecondSeen > 0 ? (rowsLeft / rowsPerSecondSeen) * 1_000 : 0
  return Math.max(bySpeed, ...Object.values(limitTimes(Math.ceil(rowsLeft / pageRows), rate)))
}
