import type { Ground } from './ground.ts'
import { ulid } from './ids.ts'
import { type People, someone } from './sources.ts'
import type { Shelf } from './shelf.ts'

/** Conversations with customers, at most one each. */
export function stockConversations(ground: Ground, shelf: Shelf, count: number, people: People): void {
  const random = ground.random('conversations')
  for (const profileId of someone(people, random, count)) {
    const id = shelf.add('conversation', ulid(random, ground.calendar.sample(random) * 1000), {
      channel: random.pick(['sms', 'sms', 'whatsapp', 'instagram']),
    })
    shelf.relate('conversation', id, 'profile', [profileId])
  }
}
