/** A limit as a response states it: so many requests in a window of so many seconds. */
export type StatedLimit = Readonly<{ limit: number; windowSeconds: number }>

/**
 * Reads `ratelimit-limit: 75, 75;w=1, 750;w=60`. The first number repeats the one in force and names no window.
 * What cannot be read is left out: no header is worth failing for.
 */
export function statedLimits(header: string | undefined): readonly StatedLimit[] {
  return (header ?? '').split(',').flatMap((item) => {
    const match = /^\s*(\d{1,9})\s*;\s*w=(\d{1,9})\s*$/.exec(item)
    const [limit, windowSeconds] = [Number(match?.[1]), Number(match?.[2])]
    return limit > 0 && windowSeconds > 0 ? [{ limit, windowSeconds }] : []
  })
}

/**
 * Reads `Retry-After`: seconds, or an HTTP date seen against the server's own `Date`, so that a wrong clock here
 * does no harm. Null when absent or unreadable.
 */
export function retryAfterMs(
  header: string | undefined,
  serverDate: string | undefined,
  nowMs: number,
): number | null {
  const text = header?.trim() ?? ''
  if (/^\d{1,9}(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1_000)
  // Date.parse alone would take "5 monkeys" for a date in May.
  if (!/^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /.test(text)) return null
  const atMs = Date.parse(text)
  if (Number.isNaN(atMs)) return null
  const fromMs = Date.parse(serverDate ?? '')
  return Math.max(0, atMs - (Number.isNaN(fromMs) ? nowMs : fromMs))
}
