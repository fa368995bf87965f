import type { BuiltShop } from '../assemble.ts'
import { hash2, Random } from '../random.ts'
import { microsText } from '../time-text.ts'
import type { Resource, Shop } from '../types.ts'
import { TableEventSource } from './event-source.ts'
import { EventTableBuilder } from './event-table.ts'
import { exactJson } from './exact-json.ts'
import { EventGenerator } from './event-generator.ts'

/** Orders of the shop's history are numbered far below, and of nine digits. */
const FIRST_SESSION = 200_000_000
const SESSIONS = 790_000_000

/** Visits and orders between two moments, made in the same way as the shop's history. */
export function moreEvents(
  { eventParts, basics }: BuiltShop,
  shop: Shop,
  options: Readonly<{ seed: number; count: number; fromS: number; toS: number }>,
): readonly Resource[] {
  const { seed, count, fromS, toS } = options
  if (toS <= fromS)
    throw new RangeError(`no event has a time in [${microsText(fromS * 1e6)}, ${microsText(toS * 1e6)})`)
  const own = hash2(basics.seed, seed)
  const random = new Random(own, `more events ${seed}`)
  const table = new EventTableBuilder(count, own)
  const generator = new EventGenerator(eventParts, table, random, {
    fromS,
    untilS: toS,
    firstSession: FIRST_SESSION + (own % SESSIONS),
  })
  while (!table.isFull) {
    const atS = fromS + random.below(toS - fromS)
    generator.visit(atS, generator.customerAt(atS))
  }
  const source = new TableEventSource(eventParts, table.finish(), own)
  return Array.from({ length: count }, (_, i) => toResource(source, i, shop))
}

const toResource = (source: TableEventSource, i: number, shop: Shop): Resource => {
  const isOwn = shop.profiles.find(source.profileId(i)) >= 0
  const { profiles, events } = shop
  const lent = profiles.count === 0 ? null : profiles.id(i % profiles.count)
  const metricId = isOwn ? source.metricId(i) : events.count === 0 ? null : events.metricId(i % events.count)
  const one = (type: string, id: string | null): Resource['relationships'][string] => ({
    many: false,
    type,
    ids: id === null ? [] : [id],
  })
  return {
    type: 'event',
    id: source.id(i),
    attributes: exactJson(source.attributes(i)) as Readonly<Record<string, unknown>>,
    relationships: {
      profile: one('profile', isOwn ? source.profileId(i) : lent),
      metric: one('metric', metricId),
    },
  }
}
