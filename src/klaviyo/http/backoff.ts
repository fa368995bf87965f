/** How often and how long the same request is tried again. */
export type RetryLimits = Readonly<{
  /** Attempts in all, the first included; answers 429 do not count. */
  attempts: number
  /** Attempts where nothing has ever answered: then the address is more likely wrong than the network bad. */
  firstContactAttempts: number
  /** Answers 429 to one request. */
  throttles: number
  /** Largest delay after the first failure; it doubles with each further one. */
  baseMs: number
  capMs: number
  /** All delays of one request together. */
  totalMs: number
}>

export const RETRY_LIMITS: RetryLimits = {
  attempts: 8,
  firstContactAttempts: 3,
  throttles: 30,
  baseMs: 500,
  capMs: 30_000,
  totalMs: 120_000,
}

/** Full jitter: anything from nothing to the doubled bound, so that streams which failed together part again. */
export const backoffMs = (failures: number, { baseMs, capMs }: RetryLimits, random: () => number): number =>
  Math.round(random() * Math.min(capMs, baseMs * 2 ** (failures - 1)))
