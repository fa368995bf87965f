import { beginRun, endRun, readUnfinished } from '../destinations/run-store.ts'
import { readCoverage } from '../destinations/coverage-store.ts'
import type { Scope } from '../destinations/coverage-store.ts'
import { lastKnown } from '../destinations/last-known.ts'
import { discardRefresh, shadowOf, swap } from '../destinations/swap.ts'
import { Landing } from '../landing/landing.ts'
import type { Cursor } from '../model/table.ts'
import { Concurrency } from './concurrency.ts'
import { timeLeft } from './estimate/time-left.ts'
import { extract } from './extract.ts'
import { landingFolderOf, lockTarget } from './landing-folder.ts'
import { loadLoop } from './load-loop.ts'
import { notePage } from './note-page.ts'
import { goesOn } from './plan.ts'
import type { ReadPlan } from './plan.ts'
import { LandedQueue } from './queue.ts'
import { replay } from './replay.ts'
import { planJob, scopesOf, wordsOf } from './table-plan.ts'
import type { TableRun } from './table-run.ts'
import { WindowPool } from './window-pool.ts'
import type { NewTask } from './window-pool.ts'

/**
 * Covers what is wanted of a table that can be asked for by time: pages left on disk by a killed run are loaded
 * first, then the gaps are read, several windows at a time, and loaded as they land.
 */
export async function syncWindowed(run: TableRun, cursor: Cursor): Promise<void> {
  const { job, destination, account, clock, listener, tally, signal } = run
  const { table } = job
  const { refresh, final: finalScope, scope } = scopesOf(job, account)
  const now = Math.floor(clock.now() / 1000)
  const words = wordsOf(job)
  const lookbackSeconds = job.lookbackSeconds ?? cursor.lookbackSeconds

  await using _lock = await lockTarget(run)
  const found = await run.loading.run(() => readUnfinished(destination, scope))
  // What a refresh gathered is one picture of the table only while it is recent, and nothing was loaded since.
  const unfinished = refresh && !goesOn(found, words, now) ? null : found
  const giveUpRefresh = (): Promise<void> =>
    run.loading.run(async () => {
      const gathered = { ...finalScope, target: shadowOf(job.target) }
      if ((await readUnfinished(destination, gathered)) !== null) await endRun(destination, gathered, signal)
      await discardRefresh(destination, finalScope, signal)
    })
  if (refresh && unfinished === null) await giveUpRefresh()
  const begin = refresh ? () => Promise.resolve() : once(giveUpRefresh)

  const landing = await Landing.open(landingFolderOf(run, refresh), run.landingMaxBytes)
  try {
    const wanted = { scope, refresh, lookbackSeconds, unfinished, words, now, begin }
    const replayedPages = await replay(run, landing, wanted)
    const coverage = await run.loading.run(() => readCoverage(destination, scope))
    const plan = planJob(job, cursor, { coverage, unfinished, now })
    const { tasks, readAt, reread, resumed, from } = plan
    listener({
      type: 'table planned',
      table: table.name,
      plan: { kind: 'windows', windows: tasks.length, from, lookbackSeconds, resumed, replayedPages },
    })
    if (tasks.length > 0) {
      const fresh = await run.loading.run(() => withFreshFrom(run, scope, cursor, tasks))
      await readAndLoad(run, landing, { ...plan, tasks: fresh, refresh }, async () => {
        await begin()
        await run.loading.run(() =>
          beginRun(destination, scope, { startedAt: readAt, words, reread, forget: plan.forget }, signal),
        )
      })
    }
    // An interval that begins in a moment leaves nothing to put in place.
    if (refresh && (tasks.length > 0 || coverage.size > 0))
      await run.loading.run(() =>
        swap(
          destination,
          { ...finalScope, key: table.key, cursorColumn: cursor.field, runStartedAtMs: readAt * 1000 },
          signal,
        ),
      )
    await run.loading.run(async () => {
      await endRun(destination, scope, signal)
      // What was begun before the table was read anew has nothing to go on with.
      if (refresh) await endRun(destination, finalScope, signal)
    })
    await Landing.discard(landingFolderOf(run, !refresh))
    if (tally.late.rows > 0) listener({ type: 'lookback caught', table: table.name, ...tally.late })
  } finally {
    await landing.close()
  }
}

/** Does the work when first asked. */
function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | null = null
  return () => (done ??= work())
}

/** Notes from where on the destination holds nothing of each window; only rows that cannot move in time allow that. */
async function withFreshFrom(
  { job: { table }, destination }: TableRun,
  scope: Scope,
  cursor: Cursor,
  tasks: readonly NewTask[],
): Promise<readonly NewTask[]> {
  // A row may be seen by several passes, each with windows of its own.
  if (!cursor.fixed || table.passes.length > 1) return tasks
  const windows = tasks.map(({ from, keepTo }) => ({ from, to: keepTo }))
  const lasts = await lastKnown(destination, scope, cursor.field, windows)
  if (lasts === null) return tasks
  return tasks.map((task, index) => ({
    ...task,
    freshFrom: Math.max(task.from, (lasts[index] ?? -Infinity) + 1),
  }))
}

async function readAndLoad(
  run: TableRun,
  landing: Landing,
  plan: ReadPlan & Readonly<{ refresh: boolean }>,
  begin: () => Promise<void>,
): Promise<void> {
  const { job, source } = run
  const { table } = job
  const queue = new LandedQueue()
  const pageRows = source.pageRows(table)
  const pool = new WindowPool(plan.tasks, pageRows)
  const startedAtMs = run.clock.now()
  const failed = new AbortController()
  const signal = AbortSignal.any([run.signal, failed.signal])
  let rows = 0

  const extracting = extract({
    pool,
    landing,
    queue,
    concurrency: new Concurrency(job.parallelism, table.rate),
    read: ({ pass, from, to }) => source.read(table, { pass, window: { from, to }, signal }),
    onPage: (page) => {
      rows += page.rows
      const rowsLeft = pool.estimate()
      if (rowsLeft === null) {
        notePage(run, page, null)
        return
      }
      const rowsPerSecondSeen = (rows * 1000) / Math.max(1, run.clock.now() - startedAtMs)
      notePage(run, page, {
        progress: rows / Math.max(1, rows + rowsLeft),
        leftMs: timeLeft({ rowsLeft, pageRows, rate: table.rate, rowsPerSecondSeen }),
      })
    },
    isQueueing: () => source.isQueueing(table),
    clock: run.clock,
    readAt: plan.readAt,
    shape: source.shape(table),
    signal,
  }).finally(() => {
    queue.close()
  })
  const loading = loadLoop(run, {
    queue,
    landing,
    reread: plan.reread,
    readAt: plan.readAt,
    refresh: plan.refresh,
    begin,
    signal: run.signal,
  }).catch((error: unknown) => {
    // Nothing more can be loaded, so nothing more is worth asking Klaviyo for.
    failed.abort(error)
    throw error
  })
  // When reading fails, what has landed is still loaded: it was paid for.
  const [read, loaded] = await Promise.allSettled([extracting, loading])
  if (loaded.status === 'rejected') throw loaded.reason
  if (read.status === 'rejected') throw read.reason
}
