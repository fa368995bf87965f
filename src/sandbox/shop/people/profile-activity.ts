import type { EventTable } from '../events/event-table.ts'
import { metricNumber } from '../metrics.ts'

/** What a customer has done so far. */
export type Activity = Readonly<{
  /** Epoch seconds; 0 before the first. */
  lastEventS: number
  orders: number
  spentCents: number
  firstOrderS: number
  lastOrderS: number
}>

/** Sums up the events of each profile, in one pass when first asked: attributes of profiles agree with the events. */
export class ProfileActivity {
  readonly #table: EventTable
  readonly #profiles: number
  readonly #nowS: number
  #columns: Columns | null = null

  constructor(table: EventTable, profiles: number, nowS: number) {
    this.#table = table
    this.#profiles = profiles
    this.#nowS = nowS
  }

  of(profile: number): Activity {
    const columns = (this.#columns ??= walk(this.#table, this.#profiles, this.#nowS))
    return {
      lastEventS: columns.lastEvent[profile] ?? 0,
      orders: columns.orders[profile] ?? 0,
      spentCents: columns.spent[profile] ?? 0,
      firstOrderS: columns.firstOrder[profile] ?? 0,
      lastOrderS: columns.lastOrder[profile] ?? 0,
    }
  }
}

type Columns = Readonly<{
  lastEvent: Uint32Array
  orders: Uint32Array
  spent: Float64Array
  firstOrder: Uint32Array
  lastOrder: Uint32Array
}>

const walk = (table: EventTable, profiles: number, nowS: number): Columns => {
  const lastEvent = new Uint32Array(profiles)
  const orders = new Uint32Array(profiles)
  const spent = new Float64Array(profiles)
  const firstOrder = new Uint32Array(profiles)
  const lastOrder = new Uint32Array(profiles)
  for (let i = 0; i < table.count; i++) {
    const time = table.time[i] ?? 0
    if (time > nowS) break
    const profile = table.profile[i] ?? 0
    if (profile >= profiles) continue
    lastEvent[profile] = time
    if (table.metric[i] !== metricNumber.placedOrder) continue
    if (orders[profile] === 0) firstOrder[profile] = time
    orders[profile] = (orders[profile] ?? 0) + 1
    spent[profile] = (spent[profile] ?? 0) + (table.cents[i] ?? 0)
    lastOrder[profile] = time
  }
  return { lastEvent, orders, spent, firstOrder, lastOrder }
}
