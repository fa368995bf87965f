const MICROS_PER_MS = 1000

/**
 * Microseconds since 1970 of an ISO text (2^53 of them last until the year 2255), or NaN. `Date` alone would drop the
 * last three digits.
 */
export function microsOf(text: string): number {
  const ms = Date.parse(text)
  const fraction = /\.\d{3}(\d{1,3})/.exec(text)?.[1]
  return fraction === undefined ? ms * MICROS_PER_MS : ms * MICROS_PER_MS + Number(fraction.padEnd(3, '0'))
}

/** `2026-09-04T12:18:54.131026+00:00`, the way Klaviyo spells instants; without a fraction where there is none. */
export function isoMicros(micros: number): string {
  const seconds = Math.floor(micros / 1_000_000)
  const fraction = micros - seconds * 1_000_000
  const text = new Date(seconds * 1000).toISOString().slice(0, 19)
  return `${text}${fraction === 0 ? '' : `.${String(fraction).padStart(6, '0')}`}+00:00`
}

/** `2026-09-04T12:18:54+00:00` */
export const isoSeconds = (seconds: number): string => isoMicros(seconds * 1_000_000)

const SPELLING =
  /^\d{4}-\d{2}-\d{2}(?:[T ](?:[01]\d|2[0-3]):\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/

/**
 * Whole seconds of a datetime in a filter; fractions are cut. NaN for anything else, such as an offset whose plus was
 * sent raw and arrived as a blank.
 */
export function filterSeconds(text: string): number {
  if (!SPELLING.test(text) || !isDay(text.slice(0, 10))) return Number.NaN
  const iso = text.replace(' ', 'T')
  const zoned = /(Z|[+-]\d{2}:?\d{2})$/.test(iso.slice(10)) || iso.length === 10 ? iso : `${iso}Z`
  return Math.floor(Date.parse(zoned) / 1000)
}

/** `Date` takes the 30th of February for the 2nd of March. */
function isDay(text: string): boolean {
  const ms = Date.parse(text)
  return !Number.isNaN(ms) && new Date(ms).toISOString().slice(0, 10) === text
}

/** Whether an epoch second has a date of four digits, the year 0 left out: what the service can hold. */
export const hasDate = (seconds: number): boolean => seconds >= -62_135_596_800 && seconds <= 253_402_300_799
