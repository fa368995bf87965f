import type { Place } from '../../destinations/target.ts'
import type { EpochSeconds } from '../../model/time.ts'
import type { ReadPlan } from '../plan.ts'
import { demandOf, gathersAside, planJob, targetOf } from '../table-plan.ts'
import type { TableJob } from '../table-run.ts'

/** A job, what it will read, and what its last run found. */
export type Prepared = Readonly<{
  job: TableJob
  /** Null: the table is read whole. */
  plan: ReadPlan | null
  /** Rows of the last snapshot; null: none, or not known. */
  lastRows: number | null
}>

/** What a job will read into a destination that has nothing. */
export const prepareAnew = (job: TableJob, now: EpochSeconds): Prepared => ({
  job,
  plan:
    job.table.cursor === null
      ? null
      : planJob(job, job.table.cursor, { coverage: new Map(), unfinished: null, now }),
  lastRows: null,
})

/** What jobs will read, given what the destination has. Only reads from it. */
export const prepareAll = (place: Place, jobs: readonly TableJob[], at: At): Promise<readonly Prepared[]> =>
  Promise.all(jobs.map((job) => prepare(place, job, at)))

type At = Readonly<{ account: string; now: EpochSeconds }>

async function prepare(place: Place, job: TableJob, { account, now }: At): Promise<Prepared> {
  const target = targetOf({ place, account }, job)
  const aside = gathersAside(job)
  const state = await (aside ? target.aside() : target).state()
  if (job.table.cursor === null) return { job, plan: null, lastRows: state.snapshot?.rows ?? null }
  // A refresh that was demanded differently starts over.
  if (aside && state.unfinished?.demand !== demandOf(job)) return prepareAnew(job, now)
  return { job, plan: planJob(job, job.table.cursor, { ...state, now }), lastRows: null }
}
