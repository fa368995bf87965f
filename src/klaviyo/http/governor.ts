/**
 * Spends the budgets of one account without overspending any. A budget is what Klaviyo counts by: an account, an
 * endpoint, and the class of parameters that decides its limits. Nothing here sends; it says when to.
 */
import type { Clock } from '../../util/clock.ts'
import { Bucket } from './bucket.ts'
import type { Budget, Permit, Usage, Waiting } from './permit.ts'

export type { Budget, Permit, Report, Usage, Waiting } from './permit.ts'

export interface Governor {
  /**
   * Waits, first come first served, until one more request fits. Rejects with the signal's reason, or with
   * `limit-used-up` where the wait would be longer than `maxWaitMs`.
   */
  acquire(budget: Budget, signal: AbortSignal, waiting?: Waiting): Promise<Permit>
  /** How long the next request would wait, for plans; null: as long as an answer takes. */
  waitMs(budget: Budget): number | null
  usage(key: string): Usage
}

export type GovernorOptions = Readonly<{
  clock: Clock
  /** How much of every limit to use, above 0 and up to 1; the rest is for the account's other users. */
  rateShare?: number | (() => number)
  /** The longest wait worth sitting through, in milliseconds; a daily limit is beyond it. */
  maxWaitMs?: number
}>

const MAX_WAIT_MS = 10 * 60_000

export function createGovernor({ clock, rateShare = 1, maxWaitMs = MAX_WAIT_MS }: GovernorOptions): Governor {
  const share = typeof rateShare === 'number' ? () => rateShare : rateShare
  if (!(share() > 0 && share() <= 1)) throw new RangeError(`rateShare is ${share()}, not in (0, 1]`)
  const buckets = new Map<string, Bucket>()
  const bucketOf = ({ key, rate, label }: Budget): Bucket => {
    const bucket = buckets.get(key) ?? new Bucket({ clock, rateShare: share, maxWaitMs, rate, label })
    buckets.set(key, bucket)
    return bucket
  }
  return {
    acquire: (budget, signal, waiting) => bucketOf(budget).acquire(signal, waiting),
    waitMs: (budget) => bucketOf(budget).waitMs(),
    usage: (key) => buckets.get(key)?.usage() ?? { requests: 0, throttled: 0, limitShare: 0, waiting: 0 },
  }
}
