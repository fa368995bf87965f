import type { Basics } from './basics.ts'
import { jobId } from './ids.ts'
import { withMicros } from './timestamps.ts'
import type { Random } from './random.ts'
import { DAY_S, HOUR_S, microsText } from './time-text.ts'

type Status = 'queued' | 'processing' | 'complete' | 'cancelled'

/** How far a bulk job has come. Counts are of its operations. */
export type Job = Readonly<{
  id: string
  status: Status
  createdMicros: number
  startedMicros: number | null
  completedMicros: number | null
  expiresMicros: number
  total: number
  done: number
  failed: number
}>

/** How long a job can be asked about. */
const LIFETIME_S = 30 * DAY_S

/** Jobs of the last weeks, oldest first: the last two have only just been handed in, one in eleven was cancelled. */
export function makeJobs(
  basics: Basics,
  random: Random,
  count: number,
  /** How many operations a job has. */
  size: () => number,
): readonly Job[] {
  return Array.from({ length: count }, (_, i) => {
    const status =
      i === count - 1 ? 'queued' : i === count - 2 ? 'processing' : i % 11 === 5 ? 'cancelled' : 'complete'
    const fresh = status === 'queued' || status === 'processing'
    const agoS = fresh ? random.between(2, 600) : random.between(HOUR_S, LIFETIME_S - DAY_S)
    return makeJob({ basics, random, status, createdS: basics.nowS - agoS, total: size() })
  }).toSorted((a, b) => a.createdMicros - b.createdMicros)
}

const makeJob = ({
  basics,
  random,
  status,
  createdS,
  total,
}: Readonly<{ basics: Basics; random: Random; status: Status; createdS: number; total: number }>): Job => {
  const createdMicros = withMicros(createdS, random)
  const started = status !== 'queued'
  const finished = status === 'complete'
  const failed = finished && random.chance(0.3) ? random.between(1, Math.max(1, Math.floor(total / 8))) : 0
  return {
    id: jobId(random, basics.accountId, createdS),
    status,
    createdMicros,
    startedMicros: started ? createdMicros + random.between(40_000, 1_900_000) : null,
    completedMicros: finished ? createdMicros + random.between(2_000_000, 600_000_000) : null,
    expiresMicros: createdMicros + LIFETIME_S * 1_000_000,
    total,
    done: finished ? total - failed : started ? random.below(total) : 0,
    failed,
  }
}

/** Microseconds as text; null stays null. */
export const momentText = (micros: number | null): string | null =>
  micros === null ? null : microsText(micros)
