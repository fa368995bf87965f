import { isoMicros } from '../instant.ts'
import type { Shop } from '../shop/shop.ts'
import { eventBase, profileBase } from './base.ts'
import { Collection } from './collection.ts'
import { MemberRow, type Row } from './row.ts'

/** Everything of one Klaviyo account, with the changes made while the sandbox runs. */
export class Store {
  readonly shop: Shop
  readonly #collections = new Map<string, Collection>()

  constructor(shop: Shop) {
    this.shop = shop
    for (const [type, resources] of shop.resources) {
      this.#collections.set(type, new Collection(null, resources))
    }
    this.#collections.set('profile', new Collection(profileBase(shop.profiles)))
    this.#collections.set('event', new Collection(eventBase(shop.events)))
  }

  /** Rows of a resource type of ours; an empty collection, kept from now on, for one that the shop has none of. */
  collection(type: string): Collection {
    const known = this.#collections.get(type)
    if (known !== undefined) return known
    const created = new Collection(null)
    this.#collections.set(type, created)
    return created
  }

  /** The rows of a type; undefined where there never was one. */
  find(type: string): Collection | undefined {
    return this.#collections.get(type)
  }

  types(): readonly string[] {
    return [...this.#collections.keys()]
  }

  /** Visible rows, by id. */
  *rows(type: string, nowMs: number): Generator<Row> {
    const collection = this.collection(type)
    const field = type === 'event' ? 'datetime' : 'id'
    for (const slot of collection.scan({
      field,
      descending: false,
      after: null,
      low: null,
      high: null,
      nowMs,
    })) {
      yield collection.row(slot)
    }
  }

  /** Members of a list or segment that still exist, in the order of joining. */
  members(groupId: string, nowMs: number): readonly Row[] {
    return this.shop.memberships(groupId).flatMap(({ profileIndex, joinedAtMs }) => {
      if (joinedAtMs > nowMs) return []
      const profile = this.collection('profile').get(this.shop.profiles.id(profileIndex), nowMs)
      return profile === null ? [] : [new MemberRow(profile, isoMicros(joinedAtMs * 1000))]
    })
  }

  /** The ids of the lists or segments that a profile is in. */
  groupsOf(type: 'list' | 'segment', profileId: string, nowMs: number): readonly string[] {
    const index = this.shop.profiles.find(profileId)
    return [...this.rows(type, nowMs)]
      .map((group) => group.id)
      .filter((id) => this.shop.memberships(id).some((member) => member.profileIndex === index))
  }
}
