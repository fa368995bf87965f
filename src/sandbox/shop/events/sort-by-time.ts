const RADIX_BITS = 15
const BUCKETS = 1 << RADIX_BITS
const MASK = BUCKETS - 1

/**
 * The slots in the order of their time; those of one second stay in the order of slots. Two stable counting passes over
 * 30 bits, which hold 34 years of seconds.
 */
export function sortByTime(time: Uint32Array): Uint32Array {
  const count = time.length
  let first = 0xffffffff
  let last = 0
  for (let slot = 0; slot < count; slot++) {
    const t = time[slot] ?? 0
    if (t < first) first = t
    if (t > last) last = t
  }
  if (last - first >= 2 ** (2 * RADIX_BITS)) throw new RangeError('events span more than 34 years')
  const low = new Uint32Array(BUCKETS + 1)
  const high = new Uint32Array(BUCKETS + 1)
  for (let slot = 0; slot < count; slot++) {
    const t = (time[slot] ?? 0) - first
    low[(t & MASK) + 1] = (low[(t & MASK) + 1] ?? 0) + 1
    high[(t >>> RADIX_BITS) + 1] = (high[(t >>> RADIX_BITS) + 1] ?? 0) + 1
  }
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    low[bucket + 1] = (low[bucket + 1] ?? 0) + (low[bucket] ?? 0)
    high[bucket + 1] = (high[bucket + 1] ?? 0) + (high[bucket] ?? 0)
  }
  const byLow = new Uint32Array(count)
  for (let slot = 0; slot < count; slot++) {
    const bucket = ((time[slot] ?? 0) - first) & MASK
    const place = low[bucket] ?? 0
    byLow[place] = slot
    low[bucket] = place + 1
  }
  const sorted = new Uint32Array(count)
  for (let i = 0; i < count; i++) {
    const slot = byLow[i] ?? 0
    const bucket = ((time[slot] ?? 0) - first) >>> RADIX_BITS
    const place = high[bucket] ?? 0
    sorted[place] = slot
    high[bucket] = place + 1
  }
  return sorted
}
