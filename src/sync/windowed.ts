import type { Loader } from '../destinations/target.ts'
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
import { refuseLoss } from './refuse-loss.ts'
import { replay } from './replay.ts'
import { demandOf, earliestFor, gathersAside, lookbackOf, planJob } from './table-plan.ts'
import type { TableRun } from './table-run.ts'
import { WindowPool } from './window-pool.ts'
import type { NewTask } from './window-pool.ts'

/**
 * Covers what is wanted of a table that can be asked for by time: pages left on disk by a killed run are loaded
 * first, then the gaps are read, several windows at a time, and loaded as they land.
 */
export async function syncWindowed(run: TableRun, cursor: Cursor): Promise<void> {
  const { job, target, clock, listener, tally, signal } = run
  const { table } = job
  const aside = gathersAside(job) ? target.aside() : null
  const loader = aside ?? target
  const now = Math.floor(clock.now() / 1000)
  const demand = demandOf(job)
  const lookbackSeconds = lookbackOf(job, cursor)

  await using _lock = await lockTarget(run)
  await refuseLoss(run)
  const { unfinished: found } = await loader.state()
  // What a refresh gathered is one picture of the table only while it is recent, and nothing was loaded since.
  const unfinished = aside !== null && !goesOn(found, demand, now) ? null : found
  const giveUpRefresh = async (): Promise<void> => {
    const gathered = target.aside()
    await gathered.end(signal)
    await gathered.discard(signal)
  }
  if (aside !== null && unfinished === null) await giveUpRefresh()
  const begin = aside === null ? once(giveUpRefresh) : () => Promise.resolve()

  const landing = await Landing.open(landingFolderOf(run, { isAside: aside !== null }), run.landingMaxBytes)
  try {
    const wanted = { loader, isAside: aside !== null, lookbackSeconds, unfinished, demand, now, begin }
    const replayedPages = await replay(run, landing, wanted)
    const { coverage } = await loader.state()
    const plan = planJob(job, cursor, {
      coverage,
      unfinished,
      earliest: await earliestFor(job, target),
      now,
    })
    const { tasks, readAt, reread, resumed, from, forget } = plan
    listener({
      type: 'table planned',
      table: table.name,
      plan: { kind: 'windows', windows: tasks.length, from, lookbackSeconds, resumed, replayedPages },
    })
    if (tasks.length > 0) {
      const known = await withEmptyFrom(run, loader, cursor, tasks)
      await readAndLoad(run, landing, { ...plan, tasks: known, loader }, async () => {
        await begin()
        await loader.begin({ startedAt: readAt, demand, reread, forget }, signal)
      })
    }
    // An interval that begins in a moment leaves nothing to put in place.
    if (aside !== null && (tasks.length > 0 || coverage.size > 0))
      tally.renewed(await aside.complete(readAt, signal))
    await loader.end(signal)
    // What was begun before the table was read anew has nothing to go on with.
    if (aside !== null) await target.end(signal)
    await Landing.discard(landingFolderOf(run, { isAside: aside === null }))
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
async function withEmptyFrom(
  { job: { table }, signal }: TableRun,
  loader: Loader,
  cursor: Cursor,
  tasks: readonly NewTask[],
): Promise<readonly NewTask[]> {
  // A row may be seen by several passes, each with windows of its own.
  if (!cursor.fixed || table.passes.length > 1) return tasks
  const windows = tasks.map(({ from, keepTo }) => ({ from, to: keepTo }))
  const lasts = await loader.lastRows(windows, signal)
  if (lasts === null) return tasks
  return tasks.map((task, index) => ({
    ...task,
    emptyFrom: Math.max(task.from, (lasts[index] ?? -Infinity) + 1),
  }))
}

async function readAndLoad(
  run: TableRun,
  landing: Landing,
  plan: ReadPlan & Readonly<{ loader: Loader }>,
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
    loader: plan.loader,
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
