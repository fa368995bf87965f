import type { Basics } from './basics.ts'
import { makeTimestamps, withMicros } from './timestamps.ts'
import type { Random } from './random.ts'
import { microsText } from './time-text.ts'

/** The same as text with microseconds; what was never touched has the very same moment twice. */
export type TimestampTexts = Readonly<{ createdS: number; created: string; updated: string }>

export function makeTimestampTexts(basics: Basics, random: Random): TimestampTexts {
  const { createdS, updatedS } = makeTimestamps(basics, random)
  const created = microsText(withMicros(createdS, random))
  return {
    createdS,
    created,
    updated: updatedS === createdS ? created : microsText(withMicros(updatedS, random)),
  }
}
