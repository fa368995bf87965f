/** One of Klaviyo's fixed windows, and how much of it we believe to be ours. */
export type Allowance = Readonly<{
  windowMs: number
  /** Requests that Klaviyo allows in the window. */
  limit: number
  /** Set when others turned out to use the same limit: what we held back to, and when. */
  cut: Readonly<{ share: number; atMs: number }> | null
}>

/** At most so many requests in any stretch of that length. */
export type Bound = Readonly<{ requests: number; spanMs: number }>

// An answer 429 takes a third of the share away; a minute of quiet gives a tenth of it back. Faster recovery
// meets the other users' load again and again, slower wastes what they leave.
const CUT = 2 / 3
const RECOVERY_PER_MINUTE = 0.1
const LEAST = 0.1

// Two clocks differ by less than 200 ppm, and a timer may fire a millisecond early.
const guardMs = (windowMs: number): number => 2 + windowMs / 5_000

/** The part of the limit that we use at this moment; never above `rateShare`. */
export function currentShare({ cut }: Allowance, rateShare: number, nowMs: number): number {
  if (cut === null) return rateShare
  const recovered = (rateShare * RECOVERY_PER_MINUTE * (nowMs - cut.atMs)) / 60_000
  return Math.min(rateShare, cut.share + recovered)
}

/** Less, after an answer 429 that we did not cause alone. */
export function afterThrottle(allowance: Allowance, rateShare: number, nowMs: number): Allowance {
  const share = Math.max(rateShare * LEAST, currentShare(allowance, rateShare, nowMs) * CUT)
  return { ...allowance, cut: { share, atMs: nowMs } }
}

/** What may be sent. A share of less than one request per window becomes one request per longer window. */
export function boundOf(allowance: Allowance, rateShare: number, nowMs: number): Bound {
  const exact = allowance.limit * currentShare(allowance, rateShare, nowMs)
  const requests = Math.max(1, Math.floor(exact))
  const spanMs = allowance.windowMs * Math.max(1, requests / exact) + guardMs(allowance.windowMs)
  return { requests, spanMs }
}
