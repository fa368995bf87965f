import type { Ground } from './ground.ts'
import type { Shelf } from './shelf.ts'
import type { EventSource, ProfileSource } from './types.ts'

/** What the smaller resources hang on. Lists, segments, metrics and the catalogue are read from the shelf. */
export type RestParts = Readonly<{
  ground: Ground
  shelf: Shelf
  profiles: Pick<ProfileSource, 'count' | 'id' | 'email'>
  /** Reviews point at these, where there are any of their metric. */
  events: Pick<EventSource, 'count' | 'id' | 'metricId'>
}>

/**
 * Everything beside profiles, events, metrics, groups, messages, media, tags and the catalogue. Call it once those are
 * on the shelf, before `finish`.
 */
export function stockRest(_parts: RestParts): void {}
