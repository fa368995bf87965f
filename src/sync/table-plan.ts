import type { Target, TargetState } from '../destinations/target.ts'
import type { Cursor } from '../model/table.ts'
import type { EpochSeconds } from '../model/time.ts'
import { earliestOf, planRead } from './plan.ts'
import type { PlanRequest, ReadPlan } from './plan.ts'
import type { RunContext, TableJob } from './table-run.ts'

/** Where the rows of a job go. */
export const targetOf = (
  { place, account, identity }: Pick<RunContext, 'place' | 'account' | 'identity'>,
  job: TableJob,
): Target =>
  place.target({
    account,
    identity,
    sourceTable: job.table.name,
    table: job.target,
    strategy: job.strategy,
    key: job.table.key,
    cursor:
      job.table.cursor === null
        ? null
        : {
            column: job.table.cursor.field,
            fixed: job.table.cursor.fixed,
            lookbackSeconds: lookbackOf(job, job.table.cursor),
          },
    anew: job.fullRefresh,
    passes: job.table.passes.map(({ name }) => name),
    madeOf: job.madeOf,
    telltale: job.telltale,
    sets: [],
  })

/** Whether rows are gathered aside until all of them are in: readers keep the old ones. */
export const gathersAside = ({ fullRefresh, strategy, table }: TableJob): boolean =>
  table.cursor !== null && (fullRefresh || strategy === 'replace')

/**
 * Where an interval begins that the user has not begun: `replace` goes back as far as the rows that it replaces do, and
 * what is read anew altogether has no beginning. Null: where what is covered does.
 */
export async function earliestFor(job: TableJob, target: Target): Promise<EpochSeconds | null> {
  if (!gathersAside(job)) return null
  return (job.fullRefresh ? null : earliestOf((await target.state()).coverage)) ?? 0
}

export const lookbackOf = (job: TableJob, cursor: Cursor): number =>
  job.lookbackSeconds ?? cursor.lookbackSeconds

/** What the user asked for, as far as it decides what is read, or what becomes of it where it is gathered aside. */
export function demandOf(job: TableJob): string {
  const { interval, lookbackSeconds, reload, fullRefresh, strategy } = job
  const shape = gathersAside(job) && job.madeOf.flatten ? { flatten: true } : {}
  return JSON.stringify({ ...interval, lookbackSeconds, reload, fullRefresh, strategy, ...shape })
}

/** What a job reads, given what is covered. */
export const planJob = (
  job: TableJob,
  cursor: Cursor,
  known: Pick<TargetState, 'coverage' | 'unfinished'> & Pick<PlanRequest, 'now' | 'earliest'>,
): ReadPlan =>
  planRead({
    ...known,
    passes: job.table.passes.map(({ name }) => name),
    ordered: cursor.ordered,
    interval: job.interval,
    lookbackSeconds: lookbackOf(job, cursor),
    reload: job.reload,
    demand: demandOf(job),
  })
