import { at, type Random } from './random.ts'
import { DAY_S, midnight } from './time-text.ts'

const YEARS = 4
const YEARLY_GROWTH = 1.6
/** Sunday first. */
const WEEKDAYS = [1.15, 1.1, 0.95, 0.95, 1, 0.9, 0.95]
/** January first: a quiet summer, a full winter. */
const MONTHS = [0.9, 0.85, 0.92, 0.95, 1, 0.9, 0.82, 0.85, 0.98, 1.05, 1.35, 1.5]
/** UTC hours of a mostly European and American clientele. */
const HOURS = [
  30, 22, 16, 12, 10, 12, 20, 34, 48, 60, 68, 72, 76, 74, 72, 74, 78, 84, 92, 100, 96, 84, 64, 44,
]

/** The fourth Friday of the November that has a Thanksgiving before it. */
export const blackFriday = (year: number): number => {
  const first = midnight(year, 11, 1)
  const weekday = new Date(first * 1000).getUTCDay()
  const firstThursday = 1 + ((4 - weekday + 7) % 7)
  return midnight(year, 11, firstThursday + 22)
}

const spike = (dayS: number): number => {
  const friday = blackFriday(new Date(dayS * 1000).getUTCFullYear())
  switch (Math.round((dayS - friday) / DAY_S)) {
    case -1:
      return 2
    case 0:
      return 7
    case 1:
    case 2:
      return 3
    case 3:
      return 6
    default:
      return 1
  }
}

/** When things happen in a shop: from four years ago to now, growing, with a rhythm of weeks and days. */
export class Calendar {
  readonly nowS: number
  /** A UTC midnight. */
  readonly startS: number
  readonly #cumulative: Float64Array
  readonly #secondOfHourSlot: Uint32Array

  constructor(nowMs: number) {
    this.nowS = Math.floor(nowMs / 1000)
    const today = Math.floor(this.nowS / DAY_S) * DAY_S
    this.startS = today - Math.round(YEARS * 365.25) * DAY_S
    const days = (today - this.startS) / DAY_S + 1
    this.#cumulative = new Float64Array(days)
    let sum = 0
    for (let d = 0; d < days; d++) {
      const dayS = this.startS + d * DAY_S
      const date = new Date(dayS * 1000)
      const part = d === days - 1 ? (this.nowS - today) / DAY_S : 1
      sum +=
        part *
        YEARLY_GROWTH ** (d / 365.25) *
        at(WEEKDAYS, date.getUTCDay()) *
        at(MONTHS, date.getUTCMonth()) *
        spike(dayS)
      this.#cumulative[d] = sum
    }
    this.#secondOfHourSlot = hourSlots()
  }

  /** A moment by the shop's rhythm, before now. */
  sample(random: Random): number {
    for (;;) {
      const day = this.#dayAt(random.unit())
      const atS = this.startS + day * DAY_S + this.#secondOfDay(random)
      if (atS < this.nowS) return atS
    }
  }

  /** The moment before which a share of all that happened had happened. */
  quantile(share: number): number {
    const day = this.#dayAt(share)
    const before = day === 0 ? 0 : (this.#cumulative[day - 1] ?? 0)
    const total = this.#cumulative.at(-1) ?? 1
    const within = (share * total - before) / ((this.#cumulative[day] ?? total) - before || 1)
    return Math.min(this.nowS - 1, Math.floor(this.startS + (day + within) * DAY_S))
  }

  #dayAt(share: number): number {
    const wanted = share * (this.#cumulative.at(-1) ?? 0)
    let low = 0
    let high = this.#cumulative.length - 1
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#cumulative[middle] ?? 0) > wanted) high = middle
      else low = middle + 1
    }
    return low
  }

  #secondOfDay(random: Random): number {
    const start = this.#secondOfHourSlot[random.below(this.#secondOfHourSlot.length)] ?? 0
    return start + random.below(3600)
  }
}

/** Each hour's first second, as often as the hour is busy. */
const hourSlots = (): Uint32Array =>
  Uint32Array.from(HOURS.flatMap((weight, hour) => Array<number>(weight).fill(hour * 3600)))
