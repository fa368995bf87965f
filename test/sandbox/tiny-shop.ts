import type { EventSource, ProfileSource, Resource, Shop, ShopOptions } from '../../src/sandbox/index.ts'
import { isoMicros, isoSeconds } from '../../src/sandbox/instant.ts'

/** One event of the tiny shop; `visibleAtMs` is 0 where it was always there. */
export type TinyEvent = Readonly<{
  timeS: number
  visibleAtMs?: number
  metric?: string | null
  profile?: number
}>

/** What a test wants its shop to hold. Lists default to empty. */
export type Tiny = Readonly<{
  events?: readonly TinyEvent[]
  /** Epoch microseconds of `updated`. */
  profiles?: readonly number[]
  resources?: readonly Resource[]
  members?: Readonly<Record<string, readonly Readonly<{ profileIndex: number; joinedAtMs: number }>[]>>
}>

/** A shop small enough to know every row of it by heart. */
export const tinyShop =
  ({ events = [], profiles = [], resources = [], members = {} }: Tiny) =>
  ({ account }: ShopOptions): Shop => {
    const byType = new Map<string, Resource[]>()
    for (const resource of resources)
      byType.set(resource.type, [...(byType.get(resource.type) ?? []), resource])
    return {
      accountId: `ACC00${account}`,
      resources: byType,
      profiles: tinyProfiles(profiles),
      events: tinyEvents(events),
      memberships: (id) => members[id] ?? [],
    }
  }

const pad = (value: number, length: number): string => String(value).padStart(length, '0')
export const profileId = (i: number): string => `01H${pad(i, 23)}`
export const eventId = (i: number): string => `7q${pad(i, 9)}`

function tinyProfiles(updated: readonly number[]): ProfileSource {
  const at = (i: number): number => updated[i] ?? 0
  return {
    count: updated.length,
    resource: (i) => ({
      type: 'profile',
      id: profileId(i),
      attributes: {
        email: `p${i}@example.com`,
        created: isoMicros(at(0)),
        updated: isoMicros(at(i)),
        properties: { big: 2n ** 60n + 1n },
        location: { city: 'Köln', country: null },
        subscriptions: {
          email: { marketing: { consent: 'SUBSCRIBED', consent_timestamp: isoMicros(at(i)) } },
        },
        predictive_analytics: { historic_clv: 1.5 },
      },
      relationships: {},
    }),
    id: profileId,
    find: (id) => updated.findIndex((_, i) => profileId(i) === id),
    email: (i) => `p${i}@example.com`,
    phoneNumber: () => null,
    externalId: () => null,
    createdMicros: () => at(0),
    updatedMicros: at,
  }
}

function tinyEvents(events: readonly TinyEvent[]): EventSource {
  const sorted = events.toSorted((a, b) => a.timeS - b.timeS)
  const at = (i: number): TinyEvent => sorted[i] ?? { timeS: 0 }
  const attributes = (i: number): string =>
    `{"timestamp":${at(i).timeS},"event_properties":{"n":${i},"huge":9007199254740993},"datetime":"${isoSeconds(at(i).timeS)}","uuid":"u-${i}"}`
  const metricId = (i: number): string | null =>
    at(i).metric === undefined ? 'MetrcA' : (at(i).metric ?? null)
  const owner = (i: number): number => at(i).profile ?? 0
  const text = (i: number, origin: string): string => {
    const self = `${origin}/api/events/${eventId(i)}`
    const relation = (name: string, id: string | null): string =>
      `"${name}":{"data":${id === null ? 'null' : `{"type":"${name}","id":"${id}"}`},"links":{"self":"${self}/relationships/${name}/","related":"${self}/${name}/"}}`
    return `{"type":"event","id":"${eventId(i)}","attributes":${attributes(i)},"relationships":{${relation('profile', profileId(owner(i)))},${relation('metric', metricId(i))}},"links":{"self":"${self}/"}}`
  }
  return {
    count: sorted.length,
    maxResourceBytes: 4_000,
    time: (i) => at(i).timeS,
    visibleAtMs: (i) => at(i).visibleAtMs ?? 0,
    id: eventId,
    find: (id) => sorted.findIndex((_, i) => eventId(i) === id),
    metricId,
    profileId: (i) => profileId(owner(i)),
    profileIndex: owner,
    valueCents: () => 0,
    attributions: () => [],
    attributes,
    writeResource: (i, target, offset, origin) => offset + target.write(text(i, origin), offset),
    lowerBound: (timeS) => {
      const found = sorted.findIndex((event) => event.timeS >= timeS)
      return found < 0 ? sorted.length : found
    },
  }
}
