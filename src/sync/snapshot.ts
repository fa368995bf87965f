import { Landing } from '../landing/landing.ts'
import type { LandedPage } from '../landing/landing.ts'
import type { EpochSeconds } from '../model/time.ts'
import { landingFolderOf, lockTarget } from './landing-folder.ts'
import { loadBatch } from './load-batch.ts'
import { notePage } from './note-page.ts'
import type { SourceRead, TableRun } from './table-run.ts'

/** Streams that are read side by side; these tables are small, and other tables run beside them. */
const STREAMS = 4

/**
 * Reads a table that Klaviyo cannot filter by time from its first row to its last, then swaps it in at once. What
 * a killed run left on disk is of no use: rows may have gone meanwhile.
 */
export async function syncSnapshot(run: TableRun): Promise<void> {
  const { table } = run.job
  run.listener({ type: 'table planned', table: table.name, plan: { kind: 'snapshot' } })
  await using _lock = await lockTarget(run)
  const landing = await Landing.open(landingFolderOf(run, { isAside: false }), run.landingMaxBytes)
  try {
    await discardAll(landing)
    const startedAt = Math.floor(run.clock.now() / 1000)
    const pages = await readWhole(run, landing, startedAt)
    await loadBatch(run, run.target, {
      files: pages,
      covered: [],
      mayHold: null,
      reread: [],
      readAt: startedAt,
    })
  } finally {
    await discardAll(landing)
    await landing.close()
  }
}

async function readWhole(
  run: TableRun,
  landing: Landing,
  startedAt: EpochSeconds,
): Promise<readonly LandedPage[]> {
  const failed = new AbortController()
  const reads = await readsOf(run, AbortSignal.any([run.signal, failed.signal]))
  const pages: LandedPage[] = []
  const worker = async (): Promise<void> => {
    try {
      for (let read = reads.shift(); read !== undefined; read = reads.shift())
        pages.push(...(await landStream(run, landing, startedAt, read)))
    } catch (error) {
      failed.abort(error)
    }
  }
  await Promise.all(Array.from({ length: STREAMS }, worker))
  run.signal.throwIfAborted()
  failed.signal.throwIfAborted()
  return pages
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

async function landStream(
  run: TableRun,
  landing: Landing,
  startedAt: EpochSeconds,
  read: SourceRead,
): Promise<readonly LandedPage[]> {
  const { source, job } = run
  const folder = await landing.begin({
    pass: read.pass,
    from: 0,
    keepTo: null,
    runStartedAt: startedAt,
    shape: source.shape(job.table),
  })
  const pages: LandedPage[] = []
  for await (const page of source.read(job.table, read)) {
    pages.push(await folder.append({ ...page, coveredFrom: 0, coveredTo: 0 }))
    notePage(run, page, null)
  }
  return pages
}

async function discardAll(landing: Landing): Promise<void> {
  for (const leftover of await landing.leftovers()) await landing.discard(leftover)
}
