import type { Landing } from '../landing/landing.ts'
import type { Window } from '../model/time.ts'
import { loadBatch } from './load-batch.ts'
import type { Keep, Landed, LandedQueue } from './queue.ts'
import type { TableRun } from './table-run.ts'

/** A batch is loaded when this much has landed: DuckDB types large batches at three times the rate of small ones. */
const BATCH_BYTES = 64_000_000
/** … or when this much time has passed, so that progress is durable and visible. */
const COMMIT_EVERY_MS = 3_000

export type Loading = Readonly<{
  queue: LandedQueue
  landing: Landing
  reread: readonly Window[]
  readAt: number
  refresh: boolean
  /** Called once, before the first batch: until something has come, the destination stays as it was. */
  begin: () => Promise<void>
  signal: AbortSignal
}>

/** Loads what lands until the queue is closed and empty. */
export async function loadLoop(run: TableRun, loading: Loading): Promise<void> {
  const { queue, landing, signal } = loading
  let committedAt = run.clock.now()
  let begun = false
  for (;;) {
    signal.throwIfAborted()
    const waitMs = committedAt + COMMIT_EVERY_MS - run.clock.now()
    if (queue.isEmpty) {
      if (queue.closed) return
      await queue.changed(signal)
    } else if (queue.closed || queue.bytes >= BATCH_BYTES || waitMs <= 0) {
      if (!begun) await loading.begin()
      begun = true
      const batch = queue.take(BATCH_BYTES)
      await loadBatch(run, {
        files: batch.map(({ page }) => page),
        keep: keepOfAll(batch),
        covered: covered(batch, loading.readAt),
        reread: loading.reread,
        readAt: loading.readAt,
        refresh: loading.refresh,
      })
      await landing.remove(batch.map(({ page }) => page))
      committedAt = run.clock.now()
    } else {
      await queue.changed(signal, waitMs)
    }
  }
}

const covered = (
  batch: readonly Landed[],
  readAt: number,
): { pass: string; window: Window & { readAt: number } }[] =>
  batch
    .filter((landed) => landed.covered.from < landed.covered.to)
    .map((landed) => ({ pass: landed.pass, window: { ...landed.covered, readAt } }))

/** One interval a window, not one a page. */
function keepOfAll(batch: readonly Landed[]): readonly Keep[] {
  return [
    ...new Map(batch.map(({ keep }) => keep()).map((each) => [`${each.from} ${each.to}`, each])).values(),
  ]
}
