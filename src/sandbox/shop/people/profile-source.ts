import type { Ground } from '../ground.ts'
import type { Group } from '../groups.ts'
import type { ProfileSource, Relation, Resource } from '../types.ts'
import type { Footprints } from './footprints.ts'
import type { Memberships } from './memberships.ts'
import type { People } from './people.ts'
import { profileAttributes } from './profile-attributes.ts'

/** Relations of a profile that other resources hold: `push-tokens`, `conversations`. */
export type Belongings = Readonly<
  Record<string, Readonly<{ type: string; byProfile: ReadonlyMap<string, readonly string[]> }>>
>

type Parts = Readonly<{
  ground: Ground
  people: People
  memberships: Memberships
  lists: readonly Group[]
  segments: readonly Group[]
  footprints: Footprints
  belongings: Belongings
}>

/** Profiles, each made up when asked for; the last one is kept, as its relations are asked for one by one. */
export class RosterProfiles implements ProfileSource {
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
    const { ground, people, footprints } = this.#parts
    return {
      type: 'profile',
      id: this.id(i),
      attributes: profileAttributes({
        ground,
        number: i,
        person: people.person(i),
        createdMicros: this.createdMicros(i),
        updatedMicros: this.updatedMicros(i),
        footprint: footprints.of(i),
        listIds: this.#listIds,
      }),
      relationships: this.#relationships(i),
    }
  }

  #relationships(i: number): Readonly<Record<string, Relation>> {
    const { memberships, lists, segments, belongings } = this.#parts
    const id = this.id(i)
    const others = Object.entries(belongings).map(([name, { type, byProfile }]): [string, Relation] => [
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
    return this.#parts.people.roster.createdMicros[i] ?? 0
  }

  updatedMicros(i: number): number {
    return this.#parts.people.roster.updatedMicros[i] ?? 0
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
