import type { Place } from '../../destinations/target.ts'
import type { AccountIdentity } from '../../model/account.ts'
import type { EpochSeconds } from '../../model/time.ts'
import type { ReadPlan } from '../plan.ts'
import { demandOf, earliestFor, gathersAside, planJob, targetOf } from '../table-plan.ts'
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
      : planJob(job, job.table.cursor, { coverage: new Map(), unfinished: null, earliest: null, now }),
  lastRows: null,
})

/** What jobs will read, given what the destination has. Only reads from it. */
export async function prepareAll(
  place: Place,
  jobs: readonly TableJob[],
  { identify, now, signal }: At,
): Promise<readonly Prepared[]> {
  await place.ready('read', signal)
  const identity = await identify()
  const account = await place.nameOf(
    identity,
    jobs.map(({ target }) => target),
  )
  return Promise.all(jobs.map((job) => prepare({ place, account, identity }, job, now)))
}

type At = Readonly<{ identify: () => Promise<AccountIdentity>; now: EpochSeconds; signal: AbortSignal }>

async function prepare(
  context: Parameters<typeof targetOf>[0],
  job: TableJob,
  now: EpochSeconds,
): Promise<Prepared> {
  const target = targetOf(context, job)
  const aside = gathersAside(job)
  const state = await (aside ? target.aside() : target).state()
  if (job.table.cursor === null) return { job, plan: null, lastRows: state.snapshot?.rows ?? null }
  const earliest = await earliestFor(job, target)
  // A refresh that was demanded differently starts over.
  const isAnew = aside && state.unfinished?.demand !== demandOf(job)
  const known = isAnew ? { coverage: new Map(), unfinished: null } : state
  return { job, plan: planJob(job, job.table.cursor, { ...known, earliest, now }), lastRows: null }
}
