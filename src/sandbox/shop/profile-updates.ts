import type { Basics } from './basics.ts'
import { DAY_S, midnight } from './time-text.ts'

const IMPORTS = 6
const IMPORT_SIZE = 450
const ON_MIDNIGHT = 36

/**
 * When each profile was last updated, in microseconds: some on a whole second, hundreds in one second where a bulk
 * import touched them, a few on the first midnight of a month or year. Never before creation, never after now.
 */
export function updatedTimes(basics: Basics, created: Float64Array): Float64Array {
  const random = basics.random('profile updates')
  const updated = new Float64Array(created.length)
  for (const [i, from] of created.entries()) {
    const room = Math.max(0, (basics.nowS - 1) * 1_000_000 - from)
    const lively = random.unit()
    const later = lively < 0.2 ? 0 : Math.floor(room * Math.sqrt(random.unit()))
    const at = from + later
    updated[i] = lively > 0.85 && later > 1_000_000 ? at - (at % 1_000_000) : at
  }
  importTogether(basics, created, updated)
  putOnMidnights(basics, created, updated)
  return updated
}

const importTogether = (basics: Basics, created: Float64Array, updated: Float64Array): void => {
  const random = basics.random('profile imports')
  const size = Math.min(IMPORT_SIZE, Math.floor(created.length / (2 * IMPORTS)))
  if (size === 0) return
  for (let k = 0; k < IMPORTS; k++) {
    const first = Math.floor((created.length / IMPORTS) * k)
    const born = Math.ceil((created[first + size - 1] ?? 0) / 1_000_000)
    const secondS = born + 1 + random.below(Math.max(1, basics.nowS - born - 2))
    if (secondS >= basics.nowS) continue
    for (let i = first; i < first + size; i++) {
      updated[i] = secondS * 1_000_000 + (random.chance(0.5) ? 0 : random.below(1_000_000))
    }
  }
}

const putOnMidnights = (basics: Basics, created: Float64Array, updated: Float64Array): void => {
  const random = basics.random('profile midnights')
  const edges = firstsOfMonths(basics)
  const wanted = Math.min(ON_MIDNIGHT, Math.floor(created.length / 20))
  for (let k = 0; k < wanted; k++) {
    const i = random.below(created.length)
    const later = edges.filter((edgeS) => edgeS * 1_000_000 >= (created[i] ?? 0))
    if (later.length > 0) updated[i] = random.pick(later) * 1_000_000
  }
}

/** Every first of a month at midnight UTC in the shop's time, and yesterday's and today's midnight: edges of windows. */
export function firstsOfMonths({ calendar, nowS }: Basics): readonly number[] {
  const start = new Date(calendar.startS * 1000)
  const edges: number[] = []
  for (let month = start.getUTCMonth() + 2; ; month++) {
    const edgeS = midnight(start.getUTCFullYear(), month, 1)
    if (edgeS >= nowS) break
    edges.push(edgeS)
  }
  const today = Math.floor((nowS - 1) / DAY_S) * DAY_S
  return [...edges, today - DAY_S, today]
}
