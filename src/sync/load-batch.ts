import type { Batch as TypedBatch, Loader } from '../destinations/target.ts'
import { NEW_COLUMNS_LIMIT } from '../engine/engine.ts'
import type { StageFile } from '../engine/engine.ts'
import type { LandedFile } from '../model/landed.ts'
import type { Stage } from '../model/stage.ts'
import type { EpochSeconds } from '../model/time.ts'
import { noteFound } from './known-columns.ts'
import { noteAltered } from './note-altered.ts'
import type { TableRun } from './table-run.ts'

/** Landed pages that are loaded together, and what is complete once they are in. */
export type PageBatch = Omit<TypedBatch, 'stage' | 'also'> & Readonly<{ files: readonly StageFile[] }>

/** What was received before the run began, by Klaviyo's clock, was read then: this machine's clock is ahead of it. */
export const readNoLater = (readAt: EpochSeconds, pages: readonly LandedFile[]): EpochSeconds =>
  Math.min(readAt, ...pages.map(({ receivedAtMs }) => Math.floor(receivedAtMs / 1000)))

/** Types a batch of landed pages and loads it with its coverage. */
export async function loadBatch(run: TableRun, loader: Loader, batch: PageBatch): Promise<void> {
  await loadStage(run, loader, batch, await stageBatch(run, batch))
}

/** Types a batch of landed pages. The engine does that beside whatever is being loaded. */
export const stageBatch = (
  { engine, job, account, clock, found }: TableRun,
  batch: PageBatch,
): Promise<Stage> =>
  engine.stage({
    files: batch.files,
    columns: job.columns,
    key: job.table.key,
    cursor: job.table.cursor,
    account,
    syncedAtMs: clock.now(),
    newColumns: { limit: NEW_COLUMNS_LIMIT, known: [...found] },
  })

/** Loads a typed batch with its coverage, and drops it. */
export async function loadStage(
  run: TableRun,
  loader: Loader,
  { files, ...batch }: PageBatch,
  stage: Stage,
): Promise<void> {
  const { engine, job, tally, listener, signal } = run
  const table = job.table.name
  try {
    const result = await loader.load({ ...batch, stage, also: [] }, signal)
    const { inserted, changed, addedColumns } = result
    noteFound(
      run,
      stage.columns.map(({ name }) => name),
    )
    tally.loaded({ rows: stage.rows, ...result })
    tally.caught(result.late)
    listener({ type: 'batch committed', table, rows: stage.rows, inserted, changed, pages: files.length })
    noteAltered(run, stage, result)
    if (addedColumns.length > 0) listener({ type: 'columns added', table, columns: addedColumns })
  } finally {
    await engine.drop(stage)
  }
}
