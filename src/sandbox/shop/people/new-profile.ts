import type { BuiltShop } from '../assemble.ts'
import { ulid } from '../ids.ts'
import { mix32, Random } from '../random.ts'
import type { Resource } from '../types.ts'
import { profileAttributes } from './profile-attributes.ts'

/** Numbers from here on belong to nobody of the shop's history. */
const NEWCOMERS = 2 ** 40

/** Somebody who has just become a customer: no events, no lists. */
export function newProfile(
  { basics, people }: BuiltShop,
  { seed, atMs }: Readonly<{ seed: number; atMs: number }>,
): Resource {
  const random = new Random(basics.seed, `newcomer ${seed}`)
  const number = NEWCOMERS + mix32(seed)
  const atMicros = atMs * 1000 + random.below(1000)
  const none = { many: true, ids: [] }
  return {
    type: 'profile',
    id: ulid(random, atMs),
    attributes: profileAttributes({
      basics,
      number,
      person: people.person(number),
      createdMicros: atMicros,
      updatedMicros: atMicros,
      activity: { lastEventS: 0, orders: 0, spentCents: 0, firstOrderS: 0, lastOrderS: 0 },
      listIds: [],
    }),
    relationships: {
      lists: { ...none, type: 'list' },
      segments: { ...none, type: 'segment' },
      'push-tokens': { ...none, type: 'push-token' },
      conversations: { ...none, type: 'conversation' },
    },
  }
}
