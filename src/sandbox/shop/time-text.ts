export const DAY_S = 86_400
export const HOUR_S = 3_600

/** `2026-01-31T12:00:00+00:00`: how Klaviyo prints events, lists, metrics and flows. */
export const secondsText = (atS: number): string => `${new Date(atS * 1000).toISOString().slice(0, 19)}+00:00`

/** `2026-01-31T12:00:00.131026+00:00`, without the fraction where it is zero: profiles, campaigns and jobs. */
export const microsText = (atMicros: number): string => {
  const seconds = Math.floor(atMicros / 1_000_000)
  const micros = atMicros - seconds * 1_000_000
  const text = new Date(seconds * 1000).toISOString().slice(0, 19)
  return micros === 0 ? `${text}+00:00` : `${text}.${String(micros).padStart(6, '0')}+00:00`
}

/** Seconds of a UTC midnight. */
export const midnight = (year: number, month: number, day: number): number =>
  Date.UTC(year, month - 1, day) / 1000
