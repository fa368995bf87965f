import { comparePlaces, type Key } from '../cursor.ts'
import type { Resource } from '../shop/shop.ts'
import type { Base } from './base.ts'
import { keyOf } from './key.ts'
import { type Row, StoredRow } from './row.ts'

/** Where a row is: an index of the base, or an object. Pages of events are written from indices alone. */
export type Slot = number | StoredRow

/** An order, and where in it to begin and end. Ends are inclusive and may be wider than what is wanted. */
export type Scan = Readonly<{
  field: string
  descending: boolean
  /** Only rows past this place. */
  after: Readonly<{ key: Key; id: string }> | null
  low: Key
  high: Key
  nowMs: number
}>

type Placed = Readonly<{ key: Key; id: string; row: StoredRow }>

/**
 * All rows of one type: what the shop computes, overlaid with what was added, changed or deleted since. Scans read
 * live data from a place in the order, so rows may appear and move between two pages of the same query.
 */
export class Collection {
  readonly #base: Base | null
  readonly #stored = new Map<string, StoredRow>()
  /** Indices of the base that were replaced or deleted. */
  readonly #hidden = new Set<number>()
  /** Stored rows by sort field, ascending; forgotten at every change. */
  readonly #orders = new Map<string, readonly Placed[]>()

  constructor(base: Base | null, resources: readonly Resource[] = []) {
    this.#base = base
    for (const resource of resources) this.#stored.set(resource.id, new StoredRow(resource))
  }

  /** Rows including those that are not visible yet. */
  get size(): number {
    return (this.#base?.count ?? 0) - this.#hidden.size + this.#stored.size
  }

  row(slot: Slot): Row {
    if (typeof slot !== 'number') return slot
    if (this.#base === null) throw new Error('an index into a collection without a base')
    return this.#base.row(slot)
  }

  /** Null when there is no such row, or not yet. */
  get(id: string, nowMs: number): Row | null {
    const stored = this.#stored.get(id)
    if (stored !== undefined) return stored.visibleAtMs <= nowMs ? stored : null
    const i = this.#base?.find(id) ?? -1
    return i >= 0 && this.#shows(i, nowMs) ? this.row(i) : null
  }

  /** Adds a row, or replaces the one with that id. */
  put(resource: Resource, visibleAtMs = 0): void {
    this.#hide(resource.id)
    this.#stored.set(resource.id, new StoredRow(resource, visibleAtMs))
    this.#orders.clear()
  }

  /** Whether there was one. */
  delete(id: string): boolean {
    const hid = this.#hide(id)
    const removed = this.#stored.delete(id)
    this.#orders.clear()
    return hid || removed
  }

  #hide(id: string): boolean {
    const i = this.#base?.find(id) ?? -1
    if (i < 0 || this.#hidden.has(i)) return false
    this.#hidden.add(i)
    return true
  }

  #shows(i: number, nowMs: number): boolean {
    if (this.#hidden.size > 0 && this.#hidden.has(i)) return false
    return this.#base !== null && this.#base.visibleAtMs(i) <= nowMs
  }

  /** Visible rows in order. */
  *scan(scan: Scan): Generator<Slot> {
    const step = scan.descending ? -1 : 1
    const base = this.#base
    const indices = base?.ascending(scan.field) ?? null
    const baseIndex = (at: number): number => (indices === null ? at : (indices[at] ?? -1))
    const baseKey = (at: number): Key => base?.key(baseIndex(at), scan.field) ?? null
    const baseId = (at: number): string => base?.id(baseIndex(at)) ?? ''
    const baseRange = range(base?.count ?? 0, baseKey, baseId, scan)

    const stored = this.#ascending(scan.field)
    const storedRange = range(
      stored.length,
      (at) => stored[at]?.key ?? null,
      (at) => stored[at]?.id ?? '',
      scan,
    )

    let at = scan.descending ? baseRange.end - 1 : baseRange.start
    let storedAt = scan.descending ? storedRange.end - 1 : storedRange.start
    for (;;) {
      const inBase = at >= baseRange.start && at < baseRange.end
      const candidate =
        storedAt >= storedRange.start && storedAt < storedRange.end ? stored[storedAt] : undefined
      if (!inBase && candidate === undefined) return
      const takeBase =
        inBase &&
        (candidate === undefined || comparePlaces({ key: baseKey(at), id: baseId(at) }, candidate) * step < 0)
      if (takeBase) {
        const i = baseIndex(at)
        at += step
        if (this.#shows(i, scan.nowMs)) yield i
        continue
      }
      storedAt += step
      if (candidate !== undefined && candidate.row.visibleAtMs <= scan.nowMs) yield candidate.row
    }
  }

  #ascending(field: string): readonly Placed[] {
    const known = this.#orders.get(field)
    if (known !== undefined) return known
    const order = [...this.#stored.values()]
      .map((row) => ({ key: keyOf(row.value(field)), id: row.id, row }))
      .sort(comparePlaces)
    this.#orders.set(field, order)
    return order
  }
}

/** The part of an ascending sequence that a scan may touch: `start <= at < end`. */
function range(
  count: number,
  keyAt: (at: number) => Key,
  idAt: (at: number) => string,
  { after, descending, low, high }: Scan,
): Readonly<{ start: number; end: number }> {
  const firstAt = (isPast: (at: number) => boolean): number => {
    let [from, to] = [0, count]
    while (from < to) {
      const middle = (from + to) >>> 1
      if (isPast(middle)) to = middle
      else from = middle + 1
    }
    return from
  }
  const comparedToAfter = (at: number): number =>
    after === null ? 0 : comparePlaces({ key: keyAt(at), id: idAt(at) }, after)
  const fromLow =
    low === null ? 0 : firstAt((at) => comparePlaces({ key: keyAt(at), id: '' }, { key: low, id: '' }) >= 0)
  const toHigh =
    high === null
      ? count
      : firstAt((at) => comparePlaces({ key: keyAt(at), id: '' }, { key: high, id: '' }) > 0)
  if (after === null) return { start: fromLow, end: toHigh }
  return descending
    ? {
        start: fromLow,
        end: Math.min(
          toHigh,
          firstAt((at) => comparedToAfter(at) >= 0),
        ),
      }
    : {
        start: Math.max(
          fromLow,
          firstAt((at) => comparedToAfter(at) > 0),
        ),
        end: toHigh,
      }
}
