const MICROS_PER_SECOND = 1_000_000n
/** Instants that an ISO year of four digits can spell: 0001-01-01 … 9999-12-31. */
const FIRST_MICROS = -62_135_596_800_000_000n
const AFTER_LAST_MICROS = 253_402_300_800_000_000n

/**
 * Microseconds since 1970 as `2026-01-31T12:00:00.123456` in UTC, without a zone: a Date would drop the last
 * three digits. Null where four digits of year do not suffice.
 */
export function isoMicros(micros: bigint): string | null {
  if (micros < FIRST_MICROS || micros >= AFTER_LAST_MICROS) return null
  const fraction = ((micros % MICROS_PER_SECOND) + MICROS_PER_SECOND) % MICROS_PER_SECOND
  const seconds = Number((micros - fraction) / MICROS_PER_SECOND)
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${String(fraction).padStart(6, '0')}`
}
