import type { Random } from './random.ts'
import type { EventSource, ProfileSource } from './types.ts'

/** Of the profiles, what other resources point at. */
export type ProfileRefs = Pick<ProfileSource, 'count' | 'id' | 'email'>

/** Of the events, what other resources point at. */
export type EventRefs = Pick<EventSource, 'count' | 'id' | 'time' | 'metricId' | 'profileIndex'>

/** The ids of up to `count` different profiles. */
export const pickProfiles = (people: ProfileRefs, random: Random, count: number): readonly string[] => {
  const wanted = Math.min(count, people.count)
  const chosen = new Set<number>()
  while (chosen.size < wanted) chosen.add(random.below(people.count))
  return [...chosen].map((i) => people.id(i))
}
