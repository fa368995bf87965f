import { SluiceError } from '../model/errors.ts'
import type { EpochSeconds } from '../model/time.ts'

const INSTANT = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?(Z|[+-]\d{2}:?\d{2})?$/
const DURATION = /^(\d+(?:\.\d+)?)\s*(s|m|h|d|w)?$/
const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 } as const

/**
 * A day or an instant, UTC unless it carries an offset: `2022-01-01`, `2022-01-01T12:00:00+02:00`. Fractions are
 * cut, as Klaviyo cuts them.
 */
export function parseInstant(text: string, flag: string): EpochSeconds {
  const trimmed = text.trim()
  const hasTime = trimmed.length > 10
  const hasZone = /(Z|[+-]\d{2}:?\d{2})$/.test(trimmed.slice(10))
  const atMs = INSTANT.test(trimmed)
    ? Date.parse(hasTime && !hasZone ? `${trimmed.replace(' ', 'T')}Z` : trimmed.replace(' ', 'T'))
    : Number.NaN
  if (Number.isNaN(atMs))
    throw new SluiceError(
      'usage',
      `${flag} "${text}" is not a date. Write "2022-01-01" or "2022-01-01T12:00:00Z".`,
    )
  return Math.floor(atMs / 1000)
}

/** `7d`, `12h`, `90m`, `30s`, `2w`, or `0`. */
export function parseDuration(text: string, flag: string): number {
  const match = DURATION.exec(text.trim())
  const amount = Number(match?.[1])
  const unit = match?.[2] as keyof typeof SECONDS | undefined
  if (match === null || (unit === undefined && amount !== 0))
    throw new SluiceError('usage', `${flag} "${text}" is not a duration. Write "7d", "12h", "30m" or "0".`)
  return Math.round(amount * (unit === undefined ? 0 : SECONDS[unit]))
}

/** Checks that an interval runs forwards. */
export function checkInterval(start: EpochSeconds | null, end: EpochSeconds | null): void {
  if (start !== null && end !== null && end <= start)
    throw new SluiceError(
      'usage',
      '--interval-end is not after --interval-start. The interval is half-open: it holds its start and not its end.',
    )
}
