import type { Basics } from './basics.ts'
import { ulid } from './ids.ts'
import { type ProfileRefs, pickProfiles } from './references.ts'
import type { ResourceBuilder } from './resource-builder.ts'

/** Conversations with customers, at most one each. */
export function addConversations(
  basics: Basics,
  builder: ResourceBuilder,
  count: number,
  people: ProfileRefs,
): void {
  const random = basics.random('conversations')
  for (const profileId of pickProfiles(people, random, count)) {
    const id = builder.add('conversation', ulid(random, basics.calendar.sample(random) * 1000), {
      channel: random.pick(['sms', 'sms', 'whatsapp', 'instagram']),
    })
    builder.relate('conversation', id, 'profile', [profileId])
  }
}
