import { compareKeys, type Key } from '../cursor.ts'
import type { EventSource, ProfileSource } from '../shop/shop.ts'
import { EventRow, ProfileRow, type Row } from './row.ts'
import { keyOf } from './key.ts'

/** Rows that the shop computes from an index instead of holding them. They never change: changes lie over them. */
export interface Base {
  readonly count: number
  /** -1 where there is none. */
  find(id: string): number
  id(i: number): string
  row(i: number): Row
  key(i: number, field: string): Key
  /** Indices ascending by (key, id); null when they lie in that order anyway. */
  ascending(field: string): ArrayLike<number> | null
  visibleAtMs(i: number): number
}

export function eventBase(events: EventSource): Base {
  return {
    count: events.count,
    find: (id) => events.find(id),
    id: (i) => events.id(i),
    row: (i) => new EventRow(events, i),
    key: (i, field) => (field === 'datetime' ? events.time(i) * 1_000_000 : events.time(i)),
    ascending: () => null,
    visibleAtMs: (i) => events.visibleAtMs(i),
  }
}

export function profileBase(profiles: ProfileSource): Base {
  const orders = new Map<string, ArrayLike<number>>()
  const keyAt = (i: number, field: string): Key => keyOf(new ProfileRow(profiles, i).value(field))
  return {
    count: profiles.count,
    find: (id) => profiles.find(id),
    id: (i) => profiles.id(i),
    row: (i) => new ProfileRow(profiles, i),
    key: keyAt,
    ascending: (field) => {
      const known = orders.get(field)
      if (known !== undefined) return known
      const keys = Array.from({ length: profiles.count }, (_, i) => keyAt(i, field))
      const order = Int32Array.from(keys.keys()).sort(
        (a, b) =>
          compareKeys(keys[a] ?? null, keys[b] ?? null) || compareKeys(profiles.id(a), profiles.id(b)),
      )
      orders.set(field, order)
      return order
    },
    visibleAtMs: () => 0,
  }
}
