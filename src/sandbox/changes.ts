import { isoMicros, isoSeconds } from './instant.ts'
import { makeEvents, makeProfile, type Relation, type Resource } from './shop/shop.ts'
import type { Store } from './store/store.ts'

/** How new events come in. */
export type NewEvents = Readonly<{
  count: number
  /** Epoch seconds, half-open; default: the last hour. */
  fromS?: number
  toS?: number
  /** How long reads do not show them yet. */
  visibleAfterMs?: number
}>

/** One event, exactly as wanted. */
export type NewEvent = Readonly<{
  id?: string
  /** Epoch seconds. */
  atS: number
  properties?: Readonly<Record<string, unknown>>
  metricId?: string
  profileId?: string
  visibleAfterMs?: number
}>

/** Changes of one account's data while the sandbox runs. Whatever moves `updated` moves it to the clock's now. */
export class Changes {
  readonly #store: Store
  readonly #now: () => number
  readonly #seed: number
  #made = 0

  constructor(store: Store, now: () => number, seed: number) {
    this.#store = store
    this.#now = now
    this.#seed = seed
  }

  #nextSeed(): number {
    this.#made += 1
    return this.#seed * 1_000_003 + this.#made
  }

  /** More events in the shop's style; their ids. */
  addEvents({ count, fromS, toS, visibleAfterMs = 0 }: NewEvents): readonly string[] {
    const nowS = Math.floor(this.#now() / 1000)
    const range = { fromS: fromS ?? nowS - 3600, toS: toS ?? nowS }
    const events = makeEvents(this.#store.shop, { seed: this.#nextSeed(), count, ...range })
    const visibleAtMs = this.#now() + visibleAfterMs
    for (const event of events) this.#store.collection('event').put(event, visibleAtMs)
    return events.map((event) => event.id)
  }

  insertEvent({ id, atS, properties = {}, metricId, profileId, visibleAfterMs = 0 }: NewEvent): string {
    const { events, profiles } = this.#store.shop
    const seed = this.#nextSeed()
    const eventId = id ?? `7x${seed.toString(36).padStart(9, '0').slice(-9)}`
    const to = (type: string, end: string | null | undefined): Relation => ({
      many: false,
      type,
      ids: end === null || end === undefined ? [] : [end],
    })
    this.#store.collection('event').put(
      {
        type: 'event',
        id: eventId,
        attributes: {
          timestamp: atS,
          event_properties: properties,
          datetime: isoSeconds(atS),
          uuid: `00000000-0000-1000-8001-${String(seed).padStart(12, '0').slice(-12)}`,
        },
        relationships: {
          profile: to('profile', profileId ?? (profiles.count > 0 ? profiles.id(0) : null)),
          metric: to('metric', metricId ?? (events.count > 0 ? events.metricId(0) : null)),
        },
      },
      this.#now() + visibleAfterMs,
    )
    return eventId
  }

  /** New customers; their ids. */
  addProfiles(count: number): readonly string[] {
    return Array.from({ length: count }, () => {
      const profile = makeProfile(this.#store.shop, { seed: this.#nextSeed(), atMs: this.#now() })
      this.#store.collection('profile').put(profile)
      return profile.id
    })
  }

  /** Changes a profile's attributes, or adds a profile with them. */
  upsertProfile(id: string | null, attributes: Readonly<Record<string, unknown>>): string {
    if (id !== null && this.updateResource('profile', id, attributes)) return id
    const made = makeProfile(this.#store.shop, { seed: this.#nextSeed(), atMs: this.#now() })
    const profile = { ...made, id: id ?? made.id, attributes: { ...made.attributes, ...attributes } }
    this.#store.collection('profile').put(profile)
    return profile.id
  }

  /** Moves a profile's `updated` to now. False: there is no such profile. */
  touchProfile(id: string): boolean {
    return this.updateResource('profile', id, {})
  }

  /** Lays attributes over those of a row. False: there is no such row. */
  updateResource(type: string, id: string, patch: Readonly<Record<string, unknown>>): boolean {
    const collection = this.#store.find(type)
    const resource = collection?.get(id, this.#now())?.toResource()
    if (collection === undefined || resource === undefined) return false
    const { attributes } = resource
    const moved = ['updated', 'updated_at'].filter((name) => name in attributes && type !== 'metric')
    const now = isoMicros(this.#now() * 1000)
    const touched = Object.fromEntries(moved.map((name) => [name, now]))
    collection.put({ ...resource, attributes: { ...attributes, ...touched, ...patch } })
    return true
  }

  /** Adds any row, or replaces the one with its id. */
  putResource(resource: Resource, visibleAfterMs = 0): void {
    this.#store.collection(resource.type).put(resource, this.#now() + visibleAfterMs)
  }

  /** Leaves no trace, as at Klaviyo. False: there was no such row. */
  deleteResource(type: string, id: string): boolean {
    return this.#store.find(type)?.delete(id) ?? false
  }
}
