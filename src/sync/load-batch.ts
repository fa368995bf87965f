import type { PassCovered } from '../destinations/coverage-store.ts'
import { load } from '../destinations/load.ts'
import { NEW_COLUMNS_LIMIT } from '../engine/engine.ts'
import type { StageFile } from '../engine/engine.ts'
import type { LandedFile } from '../model/landed.ts'
import type { Stage } from '../model/stage.ts'
import type { EpochSeconds, Window } from '../model/time.ts'
import { noteFound } from './known-columns.ts'
import type { TableRun } from './table-run.ts'

export type Batch = Readonly<{
  files: readonly StageFile[]
  covered: readonly PassCovered[]
  /** Where the destination may hold rows of the batch already; null: anywhere. */
  knownWithin: readonly Window[] | null
  reread: readonly Window[]
  /** When what is loaded counts as read, epoch seconds. */
  readAt: number
  refresh: boolean
}>

/** What was received before the run began, by Klaviyo's clock, was read then: this machine's clock is ahead of it. */
export const readNoLater = (readAt: EpochSeconds, pages: readonly LandedFile[]): EpochSeconds =>
  Math.min(readAt, ...pages.map(({ receivedAtMs }) => Math.floor(receivedAtMs / 1000)))

/** Types a batch of landed pages and loads it with its coverage. */
export async function loadBatch(run: TableRun, batch: Batch): Promise<void> {
  await loadStage(run, batch, await stageBatch(run, batch))
}

/** Types a batch of landed pages. The engine does that beside whatever is being loaded. */
export const stageBatch = ({ engine, job, account, clock, found }: TableRun, batch: Batch): Promise<Stage> =>
  engine.stage({
    files: batch.files,
    columns: job.columns,
    key: job.table.key,
    cursor: job.table.cursor,
    account,
    syncedAtMs: clock.now(),
    newColumns: { limit: NEW_COLUMNS_LIMIT, known: [...found] },
  })

/** Loads a typed batch with its coverage in one transaction, and drops it. */
export async function loadStage(run: TableRun, batch: Batch, stage: Stage): Promise<void> {
  const { engine, destination, job, account, tally, listener, signal } = run
  const { table, target, strategy } = job
  try {
    const request = {
      account,
      sourceTable: table.name,
      target,
      stage,
      strategy,
      key: table.key,
      cursorColumn: table.cursor?.field ?? null,
      cursorFixed: table.cursor?.fixed ?? false,
      passes: table.passes.map(({ name }) => name),
      covered: batch.covered,
      lookbackSeconds: job.lookbackSeconds ?? table.cursor?.lookbackSeconds ?? 0,
      knownWithin: batch.knownWithin,
      reread: batch.reread,
      runStartedAtMs: batch.readAt * 1000,
      refresh: batch.refresh,
    }
    const result = await run.loading.run(() => load(destination, request, signal))
    const { inserted, changed, addedColumns } = result
    noteFound(
      run,
      stage.columns.map(({ name }) => name),
    )
    tally.loaded({ rows: stage.rows, ...result })
    tally.caught(result.late)
    listener({
      type: 'batch committed',
      table: table.name,
      rows: stage.rows,
      inserted,
      changed,
      pages: batch.files.length,
    })
    if (addedColumns.length > 0) listener({ type: 'columns added', table: table.name, columns: addedColumns })
  } finally {
    await engine.drop(stage)
  }
}
