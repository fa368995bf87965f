import type { Target } from '../destinations/target.ts'
import { sweepAbandoned } from '../landing/abandoned.ts'
import type { SluiceError } from '../model/errors.ts'
import type { RunResult, TableFailure, TableResult } from '../model/run-event.ts'
import { explained, interrupted } from '../util/safe-error.ts'
import { checkTarget } from './check-target.ts'
import { noteKnownColumns } from './known-columns.ts'
import { reconcile } from './reconcile.ts'
import { syncSnapshot } from './snapshot.ts'
import { Tally } from './tally.ts'
import { gathersAside, targetOf } from './table-plan.ts'
import type { RunContext, TableJob, TableRun } from './table-run.ts'
import { telling } from './tell-wait.ts'
import { syncWindowed } from './windowed.ts'

/**
 * Syncs tables side by side: each has its own limits at Klaviyo, so a slow one holds up no other. One that fails
 * does not stop the others.
 */
export async function syncTables(
  context: RunContext,
  jobs: readonly TableJob[],
): Promise<Readonly<{ result: RunResult; failures: readonly TableFailure[] }>> {
  const startedAtMs = context.clock.now()
  await sweepAbandoned(context.landingFolder, startedAtMs)
  const tables: TableResult[] = []
  const failures: TableFailure[] = []
  context.listener({
    type: 'run started',
    account: context.account,
    tables: jobs.map(({ table }) => table.name),
  })
  giveAdvice(context, jobs)
  await Promise.all(
    jobs.map(async (job) => {
      const tally = new Tally(job.table.name, context.clock.now())
      const run = { ...context, job, target: toldTarget(context, job), tally, found: new Set<string>() }
      try {
        await syncTable(run)
        const result = tally.result(context.source.usage(job.table), context.clock.now())
        tables.push(result)
        context.listener({ type: 'table done', table: job.table.name, result })
      } catch (caught) {
        const error = failureOf(caught, context.signal)
        failures.push({ table: job.table.name, error })
        context.listener({ type: 'table failed', table: job.table.name, error })
      }
    }),
  )
  const order = jobs.map(({ table }) => table.name)
  const asGiven = (a: Readonly<{ table: string }>, b: Readonly<{ table: string }>): number =>
    order.indexOf(a.table) - order.indexOf(b.table)
  tables.sort(asGiven)
  failures.sort(asGiven)
  const result = { tables, durationMs: context.clock.now() - startedAtMs }
  context.listener({ type: 'run done', result })
  return { result, failures }
}

function giveAdvice({ place, listener }: RunContext, jobs: readonly TableJob[]): void {
  const given = new Set<string | null>([null])
  for (const { table, target } of jobs) {
    const message = place.adviceOn(target.schema)
    if (message !== null && !given.has(message)) listener({ type: 'advice', table: table.name, message })
    given.add(message)
  }
  const whole = jobs.filter((job) => job.reconcile && (job.table.cursor === null || gathersAside(job)))
  const [first] = whole
  if (first === undefined) return
  const what = whole.length === 1 ? `"${first.table.name}" is` : `${whole.length} of the tables are`
  listener({
    type: 'advice',
    table: first.table.name,
    message: `${what} read whole, which finds what is gone without looking for rows by their ids.`,
  })
}

/** Where the rows of a job go; whoever watches is told when it keeps the run waiting. */
const toldTarget = (context: RunContext, job: TableJob): Target =>
  telling(targetOf(context, job), (waitMs) => {
    const reason = `"${context.place.label}" is busy, or somebody holds a lock on the table`
    context.listener({ type: 'limited', table: job.table.name, waitMs, reason })
  })

async function syncTable(run: TableRun): Promise<void> {
  await checkTarget(run)
  await noteKnownColumns(run)
  const { job } = run
  const { cursor } = job.table
  if (cursor === null) {
    await syncSnapshot(run)
    return
  }
  await syncWindowed(run, cursor)
  if (job.reconcile && !gathersAside(job)) await reconcile(run, cursor)
}

/** Whatever the reason that came with a signal: somebody has said stop. */
const failureOf = (error: unknown, signal: AbortSignal): SluiceError =>
  signal.aborted && error === signal.reason ? interrupted(error) : explained(error)
