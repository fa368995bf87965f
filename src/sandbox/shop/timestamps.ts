import type { Basics } from './basics.ts'
import type { Random } from './random.ts'
import { firstsOfMonths } from './profile-updates.ts'

/** When a thing was made and last touched, in seconds: some exactly on the first midnight of a month. */
export type Timestamps = Readonly<{ createdS: number; updatedS: number }>

export function makeTimestamps(basics: Basics, random: Random): Timestamps {
  const createdS = basics.calendar.sample(random)
  if (random.chance(0.25)) return { createdS, updatedS: createdS }
  const updatedS = createdS + random.below(basics.nowS - createdS)
  if (!random.chance(0.1)) return { createdS, updatedS }
  const edges = firstsOfMonths(basics).filter((edgeS) => edgeS >= createdS)
  return { createdS, updatedS: edges.length > 0 ? random.pick(edges) : updatedS }
}

/** Microseconds somewhere within a second, now and then none. */
export const withMicros = (atS: number, random: Random): number =>
  atS * 1_000_000 + (random.chance(0.15) ? 0 : random.below(1_000_000))
