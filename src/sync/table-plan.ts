import type { Target, TargetState } from '../destinations/target.ts'
import type { Cursor } from '../model/table.ts'
import { planRead } from './plan.ts'
import type { PlanRequest, ReadPlan } from './plan.ts'
import type { RunContext, TableJob } from './table-run.ts'

/** Where the rows of a job go. */
export const targetOf = ({ place, account }: Pick<RunContext, 'place' | 'account'>, job: TableJob): Target =>
  place.target({
    account,
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
    sets: [],
  })

/** Whether rows are gathered aside until all of them are in: readers keep the old ones. */
export const gathersAside = ({ fullRefresh, strategy, table }: TableJob): boolean =>
  table.cursor !== null && (fullRefresh || strategy === 'replace')

export const lookbackOf = (job: TableJob, cursor: Cursor): number =>
  job.lookbackSeconds ?? cursor.lookbackSeconds

/** What the user asked for, as far as it decides what is read. */
export function demandOf({ interval, lookbackSeconds, reload, fullRefresh, strategy }: TableJob): string {
  return JSON.stringify({ ...interval, lookbackSeconds, reload, fullRefresh, strategy })
}

/** What a job reads, given what is covered. */
export const planJob = (
  job: TableJob,
  cursor: Cursor,
  known: Pick<TargetState, 'coverage' | 'unfinished'> & Pick<PlanRequest, 'now'>,
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
