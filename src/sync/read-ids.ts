import type { RollCall } from '../destinations/target.ts'
import type { Landing } from '../landing/landing.ts'
import type { Table } from '../model/table.ts'
import type { EpochSeconds, Window } from '../model/time.ts'
import { Concurrency } from './concurrency.ts'
import { timeLeft } from './estimate/time-left.ts'
import { extract } from './extract.ts'
import { stageBatch } from './load-batch.ts'
import { nextBatch } from './load-loop.ts'
import { notePage } from './note-page.ts'
import { LandedQueue } from './queue.ts'
import type { TableRun } from './table-run.ts'
import { WindowPool } from './window-pool.ts'

/** Ids on their way from Klaviyo to a roll call. */
export type IdRead = Readonly<{ run: TableRun; call: RollCall; landing: Landing; startedAt: EpochSeconds }>

/** Handfuls of named rows that are asked for side by side. */
const STREAMS = 4

/**
 * Reads the ids of a table, several windows at a time, as its rows are read.
 * @param rows how many there probably are
 */
export async function readIds(
  read: IdRead,
  { window, rows }: Readonly<{ window: Window | null; rows: number }>,
): Promise<void> {
  const { run, landing, startedAt } = read
  const { job, source, clock } = run
  const { all } = source.idTables(job.table)
  const to = window === null ? startedAt : window.to
  // At the live edge there is no end: Klaviyo refuses bounds that are in the future by its clock.
  const keepTo = to < startedAt ? to : null
  const ends = { from: window?.from ?? 0, to: Math.max(to, (window?.from ?? 0) + 1), keepTo }
  const tasks = all.passes.map(({ name }) => ({
    pass: name,
    ...ends,
    ordered: all.cursor?.ordered ?? false,
  }))
  const pageRows = source.pageRows(all)
  const startedAtMs = clock.now()
  let seen = 0
  await land(read, all, (queue, signal) =>
    extract({
      pool: new WindowPool(tasks, pageRows),
      landing,
      queue,
      concurrency: new Concurrency(job.parallelism, all.rate),
      read: ({ pass, from, to }) => source.read(all, { pass, window: { from, to }, signal }),
      onPage: (page) => {
        seen += page.rows
        const rowsLeft = Math.max(0, rows - seen)
        const rowsPerSecondSeen = (seen * 1000) / Math.max(1, clock.now() - startedAtMs)
        notePage(run, page, {
          progress: Math.min(1, seen / rows),
          leftMs: timeLeft({ rowsLeft, pageRows, rate: all.rate, rowsPerSecondSeen }),
        })
      },
      isQueueing: () => source.isQueueing(all),
      clock,
      readAt: startedAt,
      shape: source.shape(all),
      signal,
    }),
  )
}

/** Reads those of the rows named that are there. */
export async function readNamed(read: IdRead, named: Table, ids: readonly string[]): Promise<void> {
  const { run, landing, startedAt } = read
  const { source } = run
  const size = named.parent?.idsPerRequest ?? 1
  const reads = named.passes.flatMap(({ name }) =>
    Array.from({ length: Math.ceil(ids.length / size) }, (_, index) => ({
      pass: name,
      window: null,
      parents: ids.slice(index * size, (index + 1) * size),
    })),
  )
  await land(read, named, async (queue, signal) => {
    const failed = new AbortController()
    const either = AbortSignal.any([signal, failed.signal])
    const record = { from: 0, keepTo: null, runStartedAt: startedAt, shape: source.shape(named) }
    const worker = async (): Promise<void> => {
      try {
        const folder = await landing.begin({ pass: '', ...record })
        for (let each = reads.shift(); each !== undefined; each = reads.shift()) {
          const task = { ...each, ...record, ordered: false, emptyFrom: null, done: true }
          for await (const page of source.read(named, { ...each, signal: either })) {
            const landed = await folder.append({ ...page, coveredFrom: 0, coveredTo: 0 })
            const { rows } = page
            queue.push({ page: landed, task, covered: { from: 0, to: 0 }, rows, first: null, before: null })
            notePage(run, page, null)
            await landing.room(either)
          }
        }
      } catch (error) {
        failed.abort(error)
      }
    }
    await Promise.all(Array.from({ length: Math.min(STREAMS, reads.length) }, worker))
    either.throwIfAborted()
  })
}

/** Hands the ids of landed pages to the roll call until reading has ended, and rejects when it ends badly. */
async function land(
  { run, call, landing }: IdRead,
  table: Table,
  reading: (queue: LandedQueue, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const { engine, listener } = run
  const queue = new LandedQueue()
  const failed = new AbortController()
  const signal = AbortSignal.any([run.signal, failed.signal])
  const ended = reading(queue, signal).finally(() => {
    queue.close()
  })
  // Awaited below; a failure before that is no unhandled one.
  ended.catch(() => undefined)
  const typed = { ...run, job: { ...run.job, table, columns: table.columns } }
  try {
    for (;;) {
      const landed = await nextBatch(run, { queue, signal: run.signal })
      if (landed.length === 0) break
      const pages = landed.map(({ page }) => page)
      const stage = await stageBatch(typed, {
        files: pages,
        covered: [],
        mayHold: null,
        reread: [],
        readAt: 0,
      })
      try {
        await call.present(stage, run.signal)
      } finally {
        await engine.drop(stage)
      }
      await landing.remove(pages)
      listener({
        type: 'batch committed',
        table: run.job.table.name,
        rows: 0,
        inserted: 0,
        changed: 0,
        pages: pages.length,
      })
    }
  } catch (error) {
    // Nothing more can be gathered, so nothing more is worth asking Klaviyo for.
    failed.abort(error)
    await ended.catch(() => undefined)
    throw error
  }
  await ended
}
