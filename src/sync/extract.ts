import type { Landing } from '../landing/landing.ts'
import type { EpochSeconds } from '../model/time.ts'
import type { Clock } from '../util/clock.ts'
import type { Concurrency } from './concurrency.ts'
import type { LandedQueue } from './queue.ts'
import type { Task, WindowPool } from './window-pool.ts'

/** A page as the extractor needs it; `klaviyo/read.ts` yields such. */
export type ReadPage = Readonly<{
  raw: Buffer
  /** Size of the body inflated. */
  bodyBytes: number
  encoding: 'identity' | 'gzip'
  /** Exactly: what is loaded is counted against it. */
  rows: number
  /** Whether the engine has to rewrite the body before it can type it. */
  needsMending: boolean
  firstCursor: string | null
  lastCursor: string | null
  next: string | null
  latencyMs: number
  /** By Klaviyo's clock, where this machine's is ahead of it. */
  receivedAtMs: number
}>

export type Extraction = Readonly<{
  pool: WindowPool
  landing: Landing
  queue: LandedQueue
  concurrency: Concurrency
  /** Pages of one window, the first of them with the bounds given. */
  read: (window: ReadBounds) => AsyncIterable<ReadPage>
  onPage: (page: ReadPage) => void
  /** Whether requests wait for the rate limits at this moment. */
  isQueueing: () => boolean
  clock: Clock
  readAt: EpochSeconds
  shape: string
  signal: AbortSignal
}>

export type ReadBounds = Readonly<{ pass: string; from: EpochSeconds; to: EpochSeconds | null }>

/** Klaviyo refuses bounds in the future; closer to now than this, two clocks may disagree about that. */
export const LIVE_EDGE_SECONDS = 10

/** Reads all windows of a pool, several at a time, and lands their pages in order. Rejects with the first failure. */
export async function extract(extraction: Extraction): Promise<void> {
  const { pool, concurrency } = extraction
  const failure = new AbortController()
  const signal = AbortSignal.any([extraction.signal, failure.signal])
  const workers = new Set<Promise<void>>()

  const hire = (): void => {
    while (workers.size < concurrency.limit && !signal.aborted) {
      // Where requests wait for the limits already, another stream only costs an extra one.
      const task = pool.take({ mayCut: !extraction.isQueueing() })
      if (task === null) return
      const worker = readTask({ ...extraction, signal }, task, hire)
        .catch((error: unknown) => {
          failure.abort(error)
        })
        .finally(() => {
          workers.delete(worker)
          hire()
        })
      workers.add(worker)
    }
  }

  hire()
  while (workers.size > 0) await Promise.race(workers)
  signal.throwIfAborted()
}

async function readTask(extraction: Extraction, task: Task, onProgress: () => void): Promise<void> {
  const { pool, landing, clock, signal, readAt, shape } = extraction
  const folder = await landing.begin({
    pass: task.pass,
    from: task.from,
    keepTo: task.keepTo,
    runStartedAt: readAt,
    shape,
  })
  try {
    const atEdge = task.keepTo === null || task.keepTo > Math.floor(clock.now() / 1000) - LIVE_EDGE_SECONDS
    let coveredTo = task.from
    let before: EpochSeconds | null = null
    // Also before the first page: many short windows could land more than all that wait here.
    await landing.room(signal)
    for await (const page of extraction.read({ ...task, to: atEdge ? null : task.keepTo })) {
      extraction.concurrency.observe(page.latencyMs)
      const [first, upTo] = [secondsOf(page.firstCursor), secondsOf(page.lastCursor)]
      pool.advance(task, { rows: page.rows, first, upTo })
      // An idle worker may have taken the later half meanwhile: everything from `keepTo` on is its business.
      const ended =
        page.next === null || (task.ordered && task.keepTo !== null && upTo !== null && upTo >= task.keepTo)
      // From here on nobody may take a half of it: the empty end of a window would look like work to share.
      if (ended) pool.finish(task)
      const next = ended
        ? endOf(task, page)
        : task.ordered
          ? Math.min(Math.max(upTo ?? coveredTo, coveredTo), endOf(task, page))
          : coveredTo
      const landed = await folder.append({ ...page, coveredFrom: coveredTo, coveredTo: next })
      extraction.queue.push({
        page: landed,
        task,
        covered: { from: coveredTo, to: next },
        rows: page.rows,
        first,
        before,
      })
      coveredTo = next
      before = upTo ?? before
      extraction.onPage(page)
      if (ended) break
      onProgress()
      await landing.room(signal)
    }
  } finally {
    pool.finish(task)
  }
}

/** Where this machine's clock is ahead of Klaviyo's, the window may end at a moment that has not come there yet. */
const endOf = (task: Task, { receivedAtMs }: ReadPage): EpochSeconds =>
  Math.max(task.from, Math.min(task.to, Math.floor(receivedAtMs / 1000)))

/** Whole seconds of Klaviyo's date texts, the older spelling with a blank included. */
function secondsOf(text: string | null): EpochSeconds | null {
  if (text === null) return null
  const atMs = Date.parse(text)
  return Number.isNaN(atMs) ? null : Math.floor(atMs / 1000)
}
