import type { Aside } from '../destinations/target.ts'
import { Landing } from '../landing/landing.ts'
import type { EpochSeconds } from '../model/time.ts'
import { landingFolderOf, lockTarget } from './landing-folder.ts'
import { discardAll } from './leftovers.ts'
import { loadBatch, stageBatch } from './load-batch.ts'
import type { PageBatch } from './load-batch.ts'
import { notePage } from './note-page.ts'
import { LandedQueue } from './queue.ts'
import type { Landed } from './queue.ts'
import { noteAltered } from './note-altered.ts'
import type { SourceRead, TableRun } from './table-run.ts'

/** Streams that are read side by side; these tables are small, and other tables run beside them. */
const STREAMS = 4

/** A table on its way from Klaviyo into the destination as it was at one moment. */
type Snapshot = Readonly<{ run: TableRun; landing: Landing; queue: LandedQueue; startedAt: EpochSeconds }>

/**
 * Reads a table that Klaviyo cannot filter by time from its first row to its last, then puts it in place at once.
 * What is more than a batch is gathered aside as it lands. What a killed run left is of no use, on disk or aside:
 * rows may have gone meanwhile.
 */
export async function syncSnapshot(run: TableRun): Promise<void> {
  const { table } = run.job
  run.listener({ type: 'table planned', table: table.name, plan: { kind: 'snapshot' } })
  await using _lock = await lockTarget(run)
  await run.target.aside().discard(run.signal)
  const landing = await Landing.open(landingFolderOf(run, { isAside: false }), run.landingMaxBytes)
  try {
    await discardAll(landing)
    const startedAt = Math.floor(run.clock.now() / 1000)
    await readAndLoad({ run, landing, queue: new LandedQueue(), startedAt })
  } finally {
    await discardAll(landing)
    await landing.close()
  }
}

async function readAndLoad(snapshot: Snapshot): Promise<void> {
  const { run, queue } = snapshot
  const failed = new AbortController()
  const signal = AbortSignal.any([run.signal, failed.signal])
  const reading = readWhole(snapshot, signal).finally(() => {
    queue.close()
  })
  try {
    await load(snapshot, reading)
  } catch (error) {
    // Nothing more can be loaded, so nothing more is worth asking Klaviyo for.
    failed.abort(error)
    await reading.catch(() => undefined)
    throw error
  }
}

/** @param reading ends well only when every row has landed; before that, nothing may be taken to be all there is */
async function load({ run, landing, queue, startedAt }: Snapshot, reading: Promise<void>): Promise<void> {
  const { target, signal, batches } = run
  const next = (): Promise<readonly Landed[]> => nextPart(queue, batches.maxBytes, signal)
  let part = await next()
  if (queue.closed && queue.isEmpty) {
    await reading
    await loadBatch(run, target, batchOf(part, startedAt))
    return
  }
  const aside = target.aside()
  for (; part.length > 0; part = await next()) {
    await gather(run, aside, batchOf(part, startedAt))
    await landing.remove(part.map(({ page }) => page))
  }
  await reading
  const result = await aside.complete(startedAt, signal)
  const { inserted, changed, unchanged, replaced } = result
  run.tally.loaded({ rows: inserted + changed + unchanged + replaced, ...result })
  run.listener({ type: 'batch committed', table: run.job.table.name, rows: 0, inserted, changed, pages: 0 })
}

/** Waits for a batch full of pages, or for all there are; when landed pages fill the disk, for those that are there. */
async function nextPart(
  queue: LandedQueue,
  maxBytes: number,
  signal: AbortSignal,
): Promise<readonly Landed[]> {
  while (!queue.closed && !(queue.isHurried && !queue.isEmpty) && queue.bytes < maxBytes) {
    signal.throwIfAborted()
    await queue.changed(signal)
  }
  return queue.take(maxBytes)
}

async function gather(run: TableRun, aside: Aside, batch: PageBatch): Promise<void> {
  const { engine, job, listener, signal } = run
  const stage = await stageBatch(run, batch)
  try {
    noteAltered(run, stage, await aside.load({ ...batch, stage, also: [] }, signal))
  } finally {
    await engine.drop(stage)
  }
  // What is new and what has changed is known when all of it takes its place.
  const [table, pages] = [job.table.name, batch.files.length]
  listener({ type: 'batch committed', table, rows: stage.rows, inserted: 0, changed: 0, pages })
}

const batchOf = (landed: readonly Landed[], startedAt: EpochSeconds): PageBatch => ({
  files: landed.map(({ page }) => page),
  covered: [],
  mayHold: null,
  reread: [],
  readAt: startedAt,
})

async function readWhole(snapshot: Snapshot, signal: AbortSignal): Promise<void> {
  const failed = new AbortController()
  const either = AbortSignal.any([signal, failed.signal])
  const reads = await readsOf(snapshot.run, either)
  const worker = async (): Promise<void> => {
    try {
      for (let read = reads.shift(); read !== undefined; read = reads.shift())
        await landStream(snapshot, read)
    } catch (error) {
      failed.abort(error)
    }
  }
  await Promise.all(Array.from({ length: STREAMS }, worker))
  either.throwIfAborted()
}

/** A read for each pass, or for each handful of parents. */
async function readsOf(run: TableRun, signal: AbortSignal): Promise<SourceRead[]> {
  const { parent, passes } = run.job.table
  const read = { window: null, signal }
  if (parent === null) return passes.map(({ name }) => ({ ...read, pass: name }))
  const ids = await run.source.ids(parent.table, signal)
  return Array.from({ length: Math.ceil(ids.length / parent.idsPerRequest) }, (_, index) => ({
    ...read,
    pass: '',
    parents: ids.slice(index * parent.idsPerRequest, (index + 1) * parent.idsPerRequest),
  }))
}

async function landStream({ run, landing, queue, startedAt }: Snapshot, read: SourceRead): Promise<void> {
  const { source, job } = run
  const shape = source.shape(job.table)
  const folder = await landing.begin({
    pass: read.pass,
    from: 0,
    keepTo: null,
    runStartedAt: startedAt,
    shape,
  })
  const stream = { pass: read.pass, from: 0, keepTo: null, ordered: false, emptyFrom: null, done: true }
  for await (const page of source.read(job.table, read)) {
    const landed = await folder.append({ ...page, coveredFrom: 0, coveredTo: 0 })
    const { rows } = page
    queue.push({ page: landed, task: stream, covered: { from: 0, to: 0 }, rows, first: null, before: null })
    notePage(run, page, null)
    if (!landing.hasRoom) queue.hurry()
    await landing.room(read.signal)
  }
}
