import { own } from '../own.ts'
import type { EventSource, ProfileSource, Relation, Resource } from '../shop/shop.ts'

/** One row as the server sees it, wherever it is kept. */
export interface Row {
  readonly type: string
  readonly id: string
  /** What a filter or sort field stands for. Datetimes come as ISO text or as microseconds since 1970. */
  value(field: string): unknown
  relation(name: string): Relation | undefined
  /** Rows that exist only with this one, such as an event's attributions. */
  owned?(name: string): readonly Row[] | null
  attributes(): Readonly<Record<string, unknown>>
  /** The row as an object that can be changed and put back. */
  toResource(): Resource
  /** The attributes' JSON text where it must go out verbatim; null where `attributes` may be written. */
  attributesText(): string | null
}

/** A row that is kept as an object. */
export class StoredRow implements Row {
  readonly resource: Resource
  /** From when reads show it. */
  readonly visibleAtMs: number

  constructor(resource: Resource, visibleAtMs = 0) {
    this.resource = resource
    this.visibleAtMs = visibleAtMs
  }

  get type(): string {
    return this.resource.type
  }

  get id(): string {
    return this.resource.id
  }

  value(field: string): unknown {
    const { meta, attributes, relationships } = this.resource
    if (field === 'id' || field === 'ids') return this.id
    if (meta !== undefined && Object.hasOwn(meta, field)) return meta[field]
    const found = dig(attributes, field.split('.'))
    if (found !== undefined) return found
    // `profile_id`, `coupon.id` and, in `has(profile)`, the relation itself.
    const relation = own(relationships, field.replace(/[._]id$/, ''))
    return relation === undefined ? null : relation.many ? relation.ids : (relation.ids[0] ?? null)
  }

  relation(name: string): Relation | undefined {
    return own(this.resource.relationships, name)
  }

  attributes(): Readonly<Record<string, unknown>> {
    return this.resource.attributes
  }

  attributesText(): null {
    return null
  }

  toResource(): Resource {
    return this.resource
  }
}

/** Follows members; an array stands for all its elements. */
function dig(value: unknown, path: readonly string[]): unknown {
  const [name, ...rest] = path
  if (name === undefined) return value
  if (Array.isArray(value)) return value.map((each) => dig(each, path)).filter((each) => each !== undefined)
  if (value === null || typeof value !== 'object') return undefined
  return dig(own(value as Record<string, unknown>, name), rest)
}

const MICROS = 1_000_000

/** The i-th of the shop's events: nothing is built but what is asked for. */
export class EventRow implements Row {
  readonly type = 'event'
  readonly #events: EventSource
  readonly #index: number

  constructor(events: EventSource, index: number) {
    this.#events = events
    this.#index = index
  }

  get id(): string {
    return this.#events.id(this.#index)
  }

  value(field: string): unknown {
    switch (field) {
      case 'id':
        return this.id
      case 'datetime':
        return this.#events.time(this.#index) * MICROS
      case 'timestamp':
        return this.#events.time(this.#index)
      case 'metric':
      case 'metric_id':
        return this.#events.metricId(this.#index)
      case 'profile_id':
        return this.#events.profileId(this.#index)
      case 'profile':
        return this.#events.profileIndex(this.#index) < 0 ? null : this.#events.profileId(this.#index)
      default:
        return null
    }
  }

  relation(name: string): Relation | undefined {
    if (name === 'profile') {
      return { many: false, type: 'profile', ids: [this.#events.profileId(this.#index)] }
    }
    if (name === 'metric') {
      const id = this.#events.metricId(this.#index)
      return { many: false, type: 'metric', ids: id === null ? [] : [id] }
    }
    const owned = this.owned(name)
    return owned === null ? undefined : { many: true, type: 'attribution', ids: owned.map(({ id }) => id) }
  }

  owned(name: string): readonly Row[] | null {
    if (name !== 'attributions') return null
    return (this.#events.attributions?.(this.#index) ?? []).map((resource) => new StoredRow(resource))
  }

  attributes(): Readonly<Record<string, unknown>> {
    return JSON.parse(this.attributesText()) as Record<string, unknown>
  }

  attributesText(): string {
    return this.#events.attributes(this.#index)
  }

  toResource(): Resource {
    const { type, id } = this
    const relations = ['profile', 'metric'].flatMap((name) => {
      const relation = this.relation(name)
      return relation === undefined ? [] : [[name, relation] as const]
    })
    return { type, id, attributes: this.attributes(), relationships: Object.fromEntries(relations) }
  }
}

/** The i-th of the shop's profiles; its resource is built when something beyond the indexed fields is asked for. */
export class ProfileRow implements Row {
  readonly type = 'profile'
  readonly #profiles: ProfileSource
  readonly #index: number

  constructor(profiles: ProfileSource, index: number) {
    this.#profiles = profiles
    this.#index = index
  }

  get id(): string {
    return this.#profiles.id(this.#index)
  }

  value(field: string): unknown {
    switch (field) {
      case 'id':
        return this.id
      case 'email':
        return this.#profiles.email(this.#index)
      case 'phone_number':
        return this.#profiles.phoneNumber(this.#index)
      case 'external_id':
        return this.#profiles.externalId(this.#index)
      case 'created':
        return this.#profiles.createdMicros(this.#index)
      case 'updated':
        return this.#profiles.updatedMicros(this.#index)
      default:
        return new StoredRow(this.toResource()).value(field)
    }
  }

  toResource(): Resource {
    return this.#profiles.resource(this.#index)
  }

  relation(name: string): Relation | undefined {
    return this.toResource().relationships[name]
  }

  attributes(): Readonly<Record<string, unknown>> {
    return this.toResource().attributes
  }

  attributesText(): null {
    return null
  }
}

/** A profile as a member of a list or segment. */
export class MemberRow implements Row {
  readonly type = 'profile'
  readonly #profile: Row
  readonly #joinedAt: string

  /** `joinedAt`: ISO text. */
  constructor(profile: Row, joinedAt: string) {
    this.#profile = profile
    this.#joinedAt = joinedAt
  }

  get id(): string {
    return this.#profile.id
  }

  value(field: string): unknown {
    if (field === 'joined_group_at') return this.#joinedAt
    return this.#profile.value(field === 'profile_id' ? 'id' : field)
  }

  relation(name: string): Relation | undefined {
    return this.#profile.relation(name)
  }

  attributes(): Readonly<Record<string, unknown>> {
    return { ...this.#profile.attributes(), joined_group_at: this.#joinedAt }
  }

  toResource(): Resource {
    return { ...this.#profile.toResource(), attributes: this.attributes() }
  }

  attributesText(): null {
    return null
  }
}
