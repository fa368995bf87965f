/** Numbers as people read them. */

export const count = (value: number): string => Math.round(value).toLocaleString('en-US')

/** `3 rows`, `1 row`. */
export const counted = (value: number, noun: string): string =>
  `${count(value)} ${noun}${Math.round(value) === 1 ? '' : 's'}`

/** How long something took or will take: `0.4 s`, `42 s`, `2 min 5 s`, `3 h 20 min`, `4 days`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 9_950) return `${(milliseconds / 1000).toFixed(1)} s`
  const seconds = Math.round(milliseconds / 1000)
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min${rest(seconds % 60, 's')}`
  const minutes = Math.round(seconds / 60)
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h${rest(minutes % 60, 'min')}`
  return counted(minutes / (24 * 60), 'day')
}

const rest = (value: number, unit: string): string => (value === 0 ? '' : ` ${value} ${unit}`)

/** How long something will probably take, no finer than it can be known: `8 s`, `5 min`, `3 h 20 min`. */
export function roughly(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000)
  if (seconds < 60) return `${seconds} s`
  return duration(Math.ceil(seconds / 60) * 60_000)
}

const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const

/** How old something is, or how far something reaches, in one unit: `2 days`, `36 hours`, `1 minute`. */
export function span(seconds: number): string {
  for (const [unit, length] of UNITS) {
    const amount = seconds / length
    if (amount >= 1.95 || (amount >= 1 && amount < 1.05)) return counted(amount, unit)
  }
  return counted(seconds, 'second')
}

/** As a flag takes it: `14d`, `36h`, `90m`. */
export function asFlag(seconds: number): string {
  if (seconds % 86_400 === 0) return `${seconds / 86_400}d`
  if (seconds % 3_600 === 0) return `${seconds / 3_600}h`
  return `${Math.ceil(seconds / 60)}m`
}

export function bytes(value: number): string {
  if (value < 1_000) return `${value} B`
  if (value < 999_500) return `${(value / 1_000).toFixed(0)} kB`
  if (value < 999_950_000) return `${(value / 1_000_000).toFixed(1)} MB`
  return `${(value / 1_000_000_000).toFixed(2)} GB`
}

export const percent = (share: number): string => `${Math.round(share * 100)} %`

/** `2022-01-01 00:00` in UTC. */
export const instant = (seconds: number): string =>
  new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ')
