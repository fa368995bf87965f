import { readCoverage, readSnapshot } from '../../destinations/coverage-store.ts'
import type { Destination } from '../../destinations/destination.ts'
import { readUnfinished } from '../../destinations/run-store.ts'
import type { EpochSeconds } from '../../model/time.ts'
import type { ReadPlan } from '../plan.ts'
import { planJob, scopesOf, wordsOf } from '../table-plan.ts'
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
export async function prepareAll(
  destination: Destination,
  jobs: readonly TableJob[],
  at: At,
): Promise<readonly Prepared[]> {
  const prepared: Prepared[] = []
  // A destination answers one question at a time.
  for (const job of jobs) prepared.push(await prepare(destination, job, at))
  return prepared
}

type At = Readonly<{ account: string; now: EpochSeconds }>

async function prepare(destination: Destination, job: TableJob, { account, now }: At): Promise<Prepared> {
  const { refresh, final, scope } = scopesOf(job, account)
  if (job.table.cursor === null) {
    const last = await readSnapshot(destination, final)
    return { job, plan: null, lastRows: last?.rows ?? null }
  }
  const unfinished = await readUnfinished(destination, scope)
  // A refresh that goes by other words starts over.
  if (refresh && unfinished?.words !== wordsOf(job)) return prepareAnew(job, now)
  const coverage = await readCoverage(destination, scope)
  return { job, plan: planJob(job, job.table.cursor, { coverage, unfinished, now }), lastRows: null }
}
