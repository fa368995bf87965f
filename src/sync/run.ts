import { sweepAbandoned } from '../landing/abandoned.ts'
import { SluiceError } from '../model/errors.ts'
import type { RunResult, TableResult } from '../model/run-event.ts'
import { checkTargetOf } from './check-target.ts'
import { noteKnownColumns } from './known-columns.ts'
import { syncSnapshot } from './snapshot.ts'
import { Tally } from './tally.ts'
import type { RunContext, TableJob, TableRun } from './table-run.ts'
import { syncWindowed } from './windowed.ts'

/** A table that could not be completed, and why. */
export type TableFailure = Readonly<{ table: string; error: unknown }>

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
    at: startedAtMs,
    account: context.account,
    tables: jobs.map(({ table }) => table.name),
  })
  await Promise.all(
    jobs.map(async (job) => {
      const tally = new Tally(job.table.name, context.clock.now())
      const run = { ...context, job, tally, found: new Set<string>() }
      try {
        await syncTable(run)
        const result = tally.result(context.source.usage(job.table), context.clock.now())
        tables.push(result)
        context.listener({ type: 'table done', table: job.table.name, result })
      } catch (error) {
        failures.push({ table: job.table.name, error })
        context.listener({ type: 'table failed', table: job.table.name, message: messageOf(error) })
      }
    }),
  )
  const order = jobs.map(({ table }) => table.name)
  tables.sort((a, b) => order.indexOf(a.table) - order.indexOf(b.table))
  const result = { tables, durationMs: context.clock.now() - startedAtMs }
  context.listener({ type: 'run done', result })
  return { result, failures }
}

async function syncTable(run: TableRun): Promise<void> {
  await checkTargetOf(run)
  await noteKnownColumns(run)
  const { cursor } = run.job.table
  await (cursor === null ? syncSnapshot(run) : syncWindowed(run, cursor))
}

const messageOf = (error: unknown): string => (error instanceof SluiceError ? error.message : String(error))
