import type { Operation, Rate } from './spec.ts'

/** What became of one request under the limits. */
export type Verdict =
  | Readonly<{ allowed: true; headers: Readonly<Record<string, string>> }>
  | Readonly<{ allowed: false; retryAfterSeconds: number }>

/**
 * Fixed windows of a second, a minute and, where an operation has one, a day, aligned to the clock. One budget per
 * account, operation and class: a costly parameter has a smaller one of its own.
 */
export class Limiter {
  readonly #counts = new Map<string, { window: number; used: number }>()
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  /** Counts a request when all its windows have room; a refused one costs nothing. */
  admit(account: number, operation: Operation, parameters: URLSearchParams): Verdict {
    const reduced = operation.reduced.find(({ parameter, value }) =>
      parameters
        .getAll(parameter)
        .some((text) => text.split(',').some((each) => each === value || each === `${value}s`)),
    )
    const rate = reduced?.rate ?? operation.rate
    const budget = `${account} ${operation.id} ${reduced === undefined ? '' : `${reduced.parameter}=${reduced.value}`}`
    const now = this.#now()
    const windows = windowsOf(rate).map(({ ms, limit }) => {
      const key = `${budget} ${ms}`
      const window = Math.floor(now / ms)
      const known = this.#counts.get(key)
      const count = known?.window === window ? known : { window, used: 0 }
      this.#counts.set(key, count)
      return { ms, limit, count, endsInMs: (window + 1) * ms - now }
    })
    const full = windows.filter(({ limit, count }) => count.used >= limit)
    if (full.length > 0) {
      const waitMs = Math.max(...full.map(({ endsInMs }) => endsInMs))
      return { allowed: false, retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)) }
    }
    for (const { count } of windows) count.used += 1
    return { allowed: true, headers: headersOf(rate, windows[0]) }
  }
}

type Window = Readonly<{ limit: number; count: Readonly<{ used: number }>; endsInMs: number }>

const windowsOf = ({
  perSecond,
  perMinute,
  perDay,
}: Rate): readonly Readonly<{ ms: number; limit: number }>[] => [
  { ms: 1000, limit: perSecond },
  { ms: 60_000, limit: perMinute },
  ...(perDay === undefined ? [] : [{ ms: 86_400_000, limit: perDay }]),
]

/** Klaviyo's headers describe the burst window, whatever its documentation says (recorded). */
function headersOf(rate: Rate, burst: Window | undefined): Record<string, string> {
  if (burst === undefined) return {}
  return {
    'ratelimit-limit': `${rate.perSecond}, ${rate.perSecond};w=1, ${rate.perMinute};w=60`,
    'ratelimit-remaining': String(burst.limit - burst.count.used),
    'ratelimit-reset': String(Math.floor(burst.endsInMs / 1000)),
  }
}
