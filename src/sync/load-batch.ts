import { load } from '../destinations/load.ts'
import type { PassCovered } from '../destinations/coverage-store.ts'
import type { LoadResult } from '../destinations/load.ts'
import type { LandedFile } from '../model/landed.ts'
import type { Window } from '../model/time.ts'
import type { Keep } from './queue.ts'
import type { TableRun } from './table-run.ts'

export type Batch = Readonly<{
  files: readonly LandedFile[]
  /** Null: all rows. */
  keep: readonly Keep[] | null
  covered: readonly PassCovered[]
  reread: readonly Window[]
  /** When what is loaded counts as read, epoch seconds. */
  readAt: number
  refresh: boolean
}>

/** Types a batch of landed pages and loads it with its coverage, in one transaction. */
export async function loadBatch(run: TableRun, batch: Batch): Promise<LoadResult> {
  const { engine, destination, job, account, clock, tally, listener, signal } = run
  const { table, target, strategy } = job
  const cursorColumn = table.cursor?.field ?? null
  return run.loading.run(async () => {
    const stage = await engine.stage({
      files: batch.files,
      columns: job.columns,
      key: table.key,
      cursor: table.cursor,
      keep: batch.keep,
      account,
      syncedAtMs: clock.now(),
    })
    try {
      const result = await load(
        destination,
        {
          account,
          sourceTable: table.name,
          target,
          stage,
          strategy,
          key: table.key,
          cursorColumn,
          cursorFixed: table.cursor?.fixed ?? false,
          passes: table.passes.map(({ name }) => name),
          covered: batch.covered,
          reread: batch.reread,
          runStartedAtMs: batch.readAt * 1000,
          refresh: batch.refresh,
        },
        signal,
      )
      tally.loaded({ rows: stage.rows, ...result })
      tally.caught(result.late)
      listener({
        type: 'batch committed',
        table: table.name,
        rows: stage.rows,
        inserted: result.inserted,
        changed: result.changed,
        pages: batch.files.length,
      })
      if (result.addedColumns.length > 0)
        listener({ type: 'columns added', table: table.name, columns: result.addedColumns })
      return result
    } finally {
      await engine.drop(stage)
    }
  })
}
