import type { Scope } from '../destinations/coverage-store.ts'
import { shadowOf } from '../destinations/swap.ts'
import type { Cursor } from '../model/table.ts'
import { planRead } from './plan.ts'
import type { PlanRequest, ReadPlan } from './plan.ts'
import type { TableJob } from './table-run.ts'

/** Where the state of a job is kept; a refresh keeps its own until it is swapped in. */
export type JobScopes = Readonly<{ refresh: boolean; final: Scope; scope: Scope }>

export function scopesOf(job: TableJob, account: string): JobScopes {
  const refresh = job.fullRefresh || job.strategy === 'replace'
  const final: Scope = { account, sourceTable: job.table.name, target: job.target }
  return { refresh, final, scope: refresh ? { ...final, target: shadowOf(job.target) } : final }
}

/** What the user asked for, as far as it decides what is read. */
export function wordsOf({ interval, lookbackSeconds, reload, fullRefresh, strategy }: TableJob): string {
  return JSON.stringify({ ...interval, lookbackSeconds, reload, fullRefresh, strategy })
}

/** What a job reads, given what is covered. */
export const planJob = (
  job: TableJob,
  cursor: Cursor,
  known: Pick<PlanRequest, 'coverage' | 'unfinished' | 'now'>,
): ReadPlan =>
  planRead({
    ...known,
    passes: job.table.passes.map(({ name }) => name),
    ordered: cursor.ordered,
    interval: job.interval,
    lookbackSeconds: job.lookbackSeconds ?? cursor.lookbackSeconds,
    reload: job.reload,
    words: wordsOf(job),
  })
