import { gaps, settled } from '../model/coverage.ts'
import type { Coverage } from '../model/coverage.ts'
import type { EpochSeconds, Window } from '../model/time.ts'
import type { UnfinishedRun } from '../model/unfinished-run.ts'
import type { NewTask } from './window-pool.ts'

/** A half-open interval that the user names; null: no such end. */
export type Interval = Readonly<{ start: EpochSeconds | null; end: EpochSeconds | null }>

export type PlanRequest = Readonly<{
  /** Names of the passes, each with its own coverage. */
  passes: readonly string[]
  coverage: ReadonlyMap<string, Coverage>
  ordered: boolean
  interval: Interval
  /** Where an interval begins that the user has not begun; null: where the coverage does, at first with everything. */
  earliest: EpochSeconds | null
  lookbackSeconds: number
  /** Read what is covered as well. */
  reload: boolean
  /** What the user asked for, as text: a run that was killed goes on only when the same is demanded again. */
  demand: string
  unfinished: UnfinishedRun | null
  now: EpochSeconds
}>

export type ReadPlan = Readonly<{
  tasks: readonly NewTask[]
  /** What the destination forgets before anything is read: its coverage must not claim what is being re-read. */
  forget: readonly Readonly<{ pass: string; window: Window }>[]
  /** Covered before and read again: a row that is new in here is a late one. */
  reread: readonly Window[]
  /** When what this run reads counts as read; a resumed run keeps the time of the first attempt. */
  readAt: EpochSeconds
  resumed: boolean
  /** Where reading begins; the end of what is wanted if there is nothing to read. */
  from: EpochSeconds
}>

/**
 * A killed run that is started again within this time goes on where it was, without a second lookback; what its
 * first part read may then lack rows that came later than the lookback less this. What landed longer ago is not loaded
 * any more: rows may have changed and gone since.
 */
export const RESUME_WITHIN_SECONDS = 86_400

/** Whether a run is the one that was begun and not finished. */
export const goesOn = (unfinished: UnfinishedRun | null, demand: string, now: EpochSeconds): boolean =>
  unfinished !== null && unfinished.demand === demand && now - unfinished.startedAt < RESUME_WITHIN_SECONDS

/** Decides what to read: what is wanted less what is covered and settled. */
export function planRead(request: PlanRequest): ReadPlan {
  const { passes, coverage, interval, now, reload, unfinished } = request
  const resumed = unfinished !== null && goesOn(unfinished, request.demand, now)
  const wanted = {
    from: interval.start ?? request.earliest ?? earliestOf(coverage) ?? 0,
    to: Math.min(interval.end ?? now, now),
  }
  const windows = passes.flatMap((pass) => {
    const covered = coverage.get(pass) ?? []
    const trusted = resumed ? covered : reload ? [] : settled(covered, request.lookbackSeconds)
    return gaps(trusted, wanted).map((window) => ({ pass, window }))
  })
  return {
    tasks: windows.map(({ pass, window }) => ({
      pass,
      ...window,
      // At the live edge rows dated in the future are kept too; coverage still ends at this run's start.
      keepTo: window.to === wanted.to && wanted.to === now ? interval.end : window.to,
      ordered: request.ordered,
    })),
    forget: resumed ? [] : windows.filter(({ pass, window }) => overlaps(coverage.get(pass) ?? [], window)),
    reread: resumed
      ? unfinished.reread
      : windows.flatMap(({ pass, window }) => intersections(coverage.get(pass) ?? [], window)),
    readAt: resumed ? unfinished.startedAt : now,
    resumed,
    from: Math.min(...windows.map(({ window }) => window.from), wanted.to),
  }
}

/** Where what is covered begins; null: nothing is. */
export function earliestOf(coverage: ReadonlyMap<string, Coverage>): EpochSeconds | null {
  const starts = [...coverage.values()].flatMap((pieces) => pieces.slice(0, 1).map(({ from }) => from))
  return starts.length === 0 ? null : Math.min(...starts)
}

const overlaps = (coverage: Coverage, { from, to }: Window): boolean =>
  coverage.some((piece) => piece.from < to && from < piece.to)

const intersections = (coverage: Coverage, { from, to }: Window): readonly Window[] =>
  coverage
    .map((piece) => ({ from: Math.max(piece.from, from), to: Math.min(piece.to, to) }))
    .filter((piece) => piece.from < piece.to)
