import type { Ground } from './ground.ts'
import { lead, withMicros } from './life.ts'
import type { Random } from './random.ts'
import { microsText } from './time-text.ts'

/** A life as text with microseconds; what was never touched has the very same moment twice. */
export type MicroLife = Readonly<{ createdS: number; created: string; updated: string }>

export function microLife(ground: Ground, random: Random): MicroLife {
  const { createdS, updatedS } = lead(ground, random)
  const created = microsText(withMicros(createdS, random))
  return {
    createdS,
    created,
    updated: updatedS === createdS ? created : microsText(withMicros(updatedS, random)),
  }
}
