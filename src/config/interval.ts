import { SluiceError } from '../model/errors.ts'
import type { Sentence } from '../model/errors.ts'
import type { OptionName } from '../model/spelling.ts'
import { isoSeconds } from '../model/time.ts'
import type { EpochSeconds } from '../model/time.ts'

const INSTANT = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?(Z|[+-]\d{2}:?\d{2})?$/
const DURATION = /^(\d+(?:\.\d+)?)\s*(s|m|h|d|w)?$/
const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 } as const

/**
 * A day or an instant, UTC unless it carries an offset: `2022-01-01`, `2022-01-01T12:00:00+02:00`. Fractions are
 * cut, as Klaviyo cuts them.
 */
export function parseInstant(text: string, name: OptionName): EpochSeconds {
  const trimmed = text.trim()
  const hasTime = trimmed.length > 10
  const hasZone = /(Z|[+-]\d{2}:?\d{2})$/.test(trimmed.slice(10))
  const atMs =
    INSTANT.test(trimmed) && isDay(trimmed.slice(0, 10))
      ? Date.parse(hasTime && !hasZone ? `${trimmed.replace(' ', 'T')}Z` : trimmed.replace(' ', 'T'))
      : Number.NaN
  if (Number.isNaN(atMs))
    throw invalid(
      name,
      (option) => `${option(name)} "${text}" is not a date. Write "2022-01-01" or "2022-01-01T12:00:00Z".`,
    )
  return Math.floor(atMs / 1000)
}

/** Whether a day of this date exists: a `Date` takes "2022-02-30" for March the 2nd. */
export function isDay(text: string): boolean {
  const atMs = Date.parse(text)
  return !Number.isNaN(atMs) && new Date(atMs).toISOString().startsWith(text)
}

/** `7d`, `12h`, `90m`, `30s`, `2w`, or `0`. */
export function parseDuration(text: string, name: OptionName): number {
  const match = DURATION.exec(text.trim())
  const amount = Number(match?.[1])
  const unit = match?.[2] as keyof typeof SECONDS | undefined
  if (match === null || (unit === undefined && amount !== 0))
    throw invalid(
      name,
      (option) => `${option(name)} "${text}" is not a duration. Write "7d", "12h", "30m" or "0".`,
    )
  return Math.round(amount * (unit === undefined ? 0 : SECONDS[unit]))
}

/** A scheduler on another machine says "from now on" by its own clock. */
const CLOCKS_APART_SECONDS = 300

export type GivenInterval = Readonly<{ start: EpochSeconds | null; end: EpochSeconds | null }>

/**
 * Checks that an interval runs forwards and has begun. Its end may lie in the future: whatever comes until then
 * belongs to later runs.
 * @throws SluiceError `usage`
 */
export function checkInterval({ start, end }: GivenInterval, now: EpochSeconds): void {
  if (start !== null && end !== null && end <= start)
    throw invalid(
      'intervalEnd',
      (option) =>
        `${option('intervalEnd')} "${isoSeconds(end)}" is not after ${option('intervalStart')} "${isoSeconds(start)}". The interval holds its start and not its end: to read one day, end it with the next.`,
    )
  if (start !== null && start > now + CLOCKS_APART_SECONDS)
    throw invalid(
      'intervalStart',
      (option) =>
        `${option('intervalStart')} "${isoSeconds(start)}" is in the future. There is nothing to read yet: name an earlier time, or leave it out.`,
    )
}

const invalid = (option: OptionName, sentence: Sentence): SluiceError =>
  new SluiceError('invalid-option', sentence, { facts: { option } })
