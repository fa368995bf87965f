import type { Basics } from '../basics.ts'
import type { Group } from '../groups.ts'
import type { ProfileSource, Relation, Resource } from '../types.ts'
import type { ProfileActivity } from './profile-activity.ts'
import type { Memberships } from './memberships.ts'
import type { People } from './people.ts'
import { profileAttributes } from './profile-attributes.ts'

/** Relations of a profile that other resources hold: `push-tokens`, `conversations`. */
export type RelatedIds = Readonly<
  Record<string, Readonly<{ type: string; byProfile: ReadonlyMap<string, readonly string[]> }>>
>

type Parts = Readonly<{
  basics: Basics
  people: People
  memberships: Memberships
  lists: readonly Group[]
  segments: readonly Group[]
  activities: ProfileActivity
  related: RelatedIds
}>

/** Profiles, each made up when asked for; the last one is kept, as its relations are asked for one by one. */
export class TableProfileSource implements ProfileSource {
  readonly count: number
  readonly #parts: Parts
  readonly #listIds: readonly string[]
  #last: Readonly<{ i: number; resource: Resource }> | null = null

  constructor(parts: Parts) {
    this.#parts = parts
    this.count = parts.people.count
    this.#listIds = parts.lists.map(({ id }) => id)
  }

  resource(i: number): Resource {
    if (this.#last?.i === i) return this.#last.resource
    const resource = this.#make(i)
    this.#last = { i, resource }
    return resource
  }

  #make(i: number): Resource {
    const { basics, people, activities } = this.#parts
    return {
      type: 'profile',
      id: this.id(i),
      attributes: profileAttributes({
        basics,
        number: i,
        person: people.person(i),
        createdMicros: this.createdMicros(i),
        updatedMicros: this.updatedMicros(i),
        activity: activities.of(i),
        listIds: this.#listIds,
      }),
      relationships: this.#relationships(i),
    }
  }

  #relationships(i: number): Readonly<Record<string, Relation>> {
    const { memberships, lists, segments, related } = this.#parts
    const id = this.id(i)
    const others = Object.entries(related).map(([name, { type, byProfile }]): [string, Relation] => [
      name,
      { many: true, type, ids: byProfile.get(id) ?? [] },
    ])
    return {
      lists: { many: true, type: 'list', ids: memberships.among(lists, i) },
      segments: { many: true, type: 'segment', ids: memberships.among(segments, i) },
      ...Object.fromEntries(others),
    }
  }

  id(i: number): string {
    return this.#parts.people.id(i)
  }

  find(id: string): number {
    return this.#parts.people.find(id)
  }

  email(i: number): string | null {
    return this.#parts.people.email(i)
  }

  phoneNumber(i: number): string | null {
    return this.#parts.people.phoneNumber(i)
  }

  externalId(i: number): string | null {
    return this.#parts.people.externalId(i)
  }

  createdMicros(i: number): number {
    return this.#parts.people.profileTable.createdMicros[i] ?? 0
  }

  updatedMicros(i: number): number {
    return this.#parts.people.profileTable.updatedMicros[i] ?? 0
  }
}

/** Which resources of a type belong to which profile. */
export function byProfile(resources: readonly Resource[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  for (const { id, relationships } of resources) {
    const owner = relationships['profile']?.ids[0]
    if (owner === undefined) continue
    const ids = found.get(owner) ?? []
    ids.push(id)
    found.set(owner, ids)
  }
  return found
}
