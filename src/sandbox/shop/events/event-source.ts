import { hash2 } from '../random.ts'
import type { EventSource, Resource } from '../types.ts'
import { attributionOf } from './attribution.ts'
import type { EventParts } from './event-parts.ts'
import { EventIds } from './event-ids.ts'
import { type EventTable, NO_METRIC, VISIBILITY_NOTED } from './event-table.ts'
import { EventWriter } from './event-writer.ts'

/** Klaviyo's own origin: the longest that links are likely to begin with. */
const ORIGIN = 'https://a.klaviyo.com'
/** Ordinary events are readable within this many milliseconds. */
const PROMPT_MS = 2_500
/** This many of a thousand come late: after two minutes at the least, 17 days at the most. */
const LATE_PER_MILLE = 4
const LEAST_LATE_MS = 120_000
const MOST_LATE_MS = 17 * 86_400_000

/** Events out of a table, each computed when asked for. */
export class TableEventSource implements EventSource {
  readonly count: number
  readonly maxResourceBytes: number
  readonly #eventParts: EventParts
  readonly #table: EventTable
  readonly #ids: EventIds
  readonly #writer: EventWriter
  readonly #key: number
  readonly #scratch: Buffer

  constructor(eventParts: EventParts, table: EventTable, idSeed: number) {
    this.#eventParts = eventParts
    this.#table = table
    this.#ids = new EventIds(idSeed, table.count)
    this.#writer = new EventWriter(eventParts, table, this.#ids)
    this.#key = hash2(idSeed, 0x6c617465)
    this.count = table.count
    // Room for a longer origin of links, too.
    this.maxResourceBytes = this.#writer.maxBytes(ORIGIN) + 2_000
    this.#scratch = Buffer.alloc(this.maxResourceBytes)
  }

  time(i: number): number {
    return this.#table.time[i] ?? 0
  }

  visibleAtMs(i: number): number {
    const slot = this.#table.slot[i] ?? 0
    if (((this.#table.metric[i] ?? 0) & VISIBILITY_NOTED) !== 0) return this.#table.visibleAtMs.get(slot) ?? 0
    const hash = hash2(this.#key, slot)
    const happenedMs = this.time(i) * 1000
    if (hash % 1000 >= LATE_PER_MILLE) return happenedMs + ((hash >>> 12) % PROMPT_MS)
    const tail = hash2(hash, slot) / 0x1_0000_0000
    return happenedMs + Math.floor(LEAST_LATE_MS * (MOST_LATE_MS / LEAST_LATE_MS) ** tail)
  }

  id(i: number): string {
    return this.#ids.text(this.#table.slot[i] ?? 0)
  }

  find(id: string): number {
    const slot = this.#ids.slot(id)
    return slot < 0 ? -1 : (this.#table.indexOfSlot[slot] ?? -1)
  }

  metricId(i: number): string | null {
    const metric = (this.#table.metric[i] ?? 0) & ~VISIBILITY_NOTED
    return metric === NO_METRIC ? null : (this.#eventParts.metricIds[metric] ?? null)
  }

  profileId(i: number): string {
    return this.#eventParts.profileTable.id(this.#table.profile[i] ?? 0)
  }

  profileIndex(i: number): number {
    const profile = this.#table.profile[i] ?? 0
    return profile < this.#eventParts.profileTable.count ? profile : -1
  }

  valueCents(i: number): number {
    return this.#table.cents[i] ?? 0
  }

  attributes(i: number): string {
    const end = this.#writer.write(i, this.#scratch, 0, ORIGIN)
    const [from, to] = this.#writer.attributesWithin(end, i, ORIGIN)
    return this.#scratch.toString('utf8', from, to)
  }

  attributions(i: number): readonly Resource[] {
    return attributionOf(this, this.#eventParts, this.#table, i)
  }

  writeResource(i: number, target: Buffer, offset: number, linkOrigin: string): number {
    return this.#writer.write(i, target, offset, linkOrigin)
  }

  lowerBound(timeS: number): number {
    let low = 0
    let high = this.count
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#table.time[middle] ?? 0) < timeS) low = middle + 1
      else high = middle
    }
    return low
  }
}
