import type { Loader } from '../destinations/target.ts'
import { UnloadablePage } from '../engine/unloadable.ts'
import type { Landing } from '../landing/landing.ts'
import type { Covered } from '../model/coverage.ts'
import type { Window } from '../model/time.ts'
import { mayHold } from './may-hold.ts'
import { loadStage, readNoLater, stageBatch } from './load-batch.ts'
import type { PageBatch } from './load-batch.ts'
import type { Landed, LandedQueue } from './queue.ts'
import type { TableRun } from './table-run.ts'

export type Loading = Readonly<{
  queue: LandedQueue
  landing: Landing
  reread: readonly Window[]
  readAt: number
  /** Where the rows go. */
  loader: Loader
  /**
   * Called once, as soon as the first page has landed. Not before: until something has come, the destination stays
   * as it was. And not with the first batch: a run that was killed in between could not be told from a new one,
   * and would look back a second time.
   */
  begin: () => Promise<void>
  signal: AbortSignal
}>

/** Loads what lands until the queue is closed and empty. While one batch is being loaded, the next is typed. */
export async function loadLoop(run: TableRun, loading: Loading): Promise<void> {
  const { landing, queue, signal } = loading
  let current: Promise<void> = Promise.resolve()
  try {
    while (queue.isEmpty && !queue.closed) {
      signal.throwIfAborted()
      await queue.changed(signal)
    }
    if (!queue.isEmpty) await loading.begin()
    for (;;) {
      const landed = await nextBatch(run, loading)
      if (landed.length === 0) return
      const batch = batchOf(landed, loading)
      const stage = await stageBatch(run, batch).catch(async (error: unknown) => {
        // Left where it is, the next run would try it before it reads the page anew.
        if (error instanceof UnloadablePage) await landing.setAside(error.file)
        throw error
      })
      await current
      current = loadStage(run, loading.loader, batch, stage).then(() =>
        landing.remove(landed.map(({ page }) => page)),
      )
      // Awaited one round later; a failure in between is no unhandled one.
      current.catch(() => undefined)
    }
  } finally {
    await current
  }
}

/** Waits until there is enough to load, or nothing more to come; empty at the end. */
export async function nextBatch(
  { clock, batches }: Pick<TableRun, 'clock' | 'batches'>,
  { queue, signal }: Pick<Loading, 'queue' | 'signal'>,
): Promise<readonly Landed[]> {
  const since = clock.now()
  for (;;) {
    signal.throwIfAborted()
    const waitMs = since + batches.commitEveryMs - clock.now()
    const isTime = waitMs <= 0 && !queue.isEmpty
    if (isTime) queue.releaseAll()
    if (isTime || queue.closed || queue.bytes >= batches.maxBytes) return queue.take(batches.maxBytes)
    await queue.changed(signal, queue.isEmpty ? undefined : waitMs)
  }
}

const batchOf = (landed: readonly Landed[], { reread, readAt }: Loading): PageBatch => ({
  files: landed.map(({ page, task }) => ({ ...page, keep: { from: task.from, to: task.keepTo } })),
  covered: coveredBy(landed, readAt),
  mayHold: mayHold(landed),
  reread,
  readAt,
})

const coveredBy = (landed: readonly Landed[], readAt: number): { pass: string; window: Covered }[] =>
  landed
    .filter(({ covered }) => covered.from < covered.to)
    .map(({ task, covered, page }) => ({
      pass: task.pass,
      window: { ...covered, readAt: readNoLater(readAt, [page]) },
    }))
