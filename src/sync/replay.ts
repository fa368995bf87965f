import type { Loader } from '../destinations/target.ts'
import type { LandedPage, Landing, Leftover, WindowRecord } from '../landing/landing.ts'
import { SluiceError } from '../model/errors.ts'
import { gaps, settled } from '../model/coverage.ts'
import type { Coverage } from '../model/coverage.ts'
import type { UnfinishedRun } from '../model/unfinished-run.ts'
import { loadBatch, readNoLater } from './load-batch.ts'
import type { TableRun } from './table-run.ts'

/**
 * Loads the pages that a killed run left on disk, so that Klaviyo need not be asked for them again, and deletes
 * those that the destination has already.
 * @returns how many were loaded
 */
export async function replay(
  run: TableRun,
  landing: Landing,
  options: Readonly<{
    loader: Loader
    isAside: boolean
    lookbackSeconds: number
    unfinished: UnfinishedRun | null
    demand: string
  }>,
): Promise<number> {
  const { loader, isAside, unfinished } = options
  const leftovers = await landing.leftovers()
  if (leftovers.length === 0) return 0
  const { coverage } = await loader.state()
  const resumes = unfinished !== null && unfinished.demand === options.demand
  let replayed = 0
  for (const leftover of leftovers) {
    const { record } = leftover
    const known = coverage.get(record.pass) ?? []
    const trusted = resumes ? known : settled(known, options.lookbackSeconds)
    const pages = unbroken(leftover, unfinished?.startedAt === record.runStartedAt ? known : [])
    // A refresh that was given up must not be mixed with the next one.
    if ((!isAside || resumes) && isWorthLoading(run, record, pages, trusted))
      replayed += await loadPages(run, record, pages, { unfinished, loader }).catch(noneIfUnreadable)
    await landing.discard(leftover)
  }
  return replayed
}

/**
 * The pages up to the first that does not follow on what is known to be in. Where one is missing on disk it was
 * loaded; if that was not into what is there now (the file was deleted, a backup restored), rows are missing up to
 * the end of the second that it ended in.
 */
function unbroken({ record, pages }: Leftover, known: Coverage): readonly LandedPage[] {
  const isReached = (at: number): boolean =>
    at > record.from && known.some(({ from, to }) => from < at && at <= to)
  const end = pages.findIndex(
    ({ number, coveredFrom }, index) =>
      number !== (pages[index - 1]?.number ?? 0) + 1 && !isReached(coveredFrom),
  )
  return end < 0 ? pages : pages.slice(0, end)
}

/** Whether the pages were asked for as they would be today, and cover something that is missing. */
function isWorthLoading(
  run: TableRun,
  record: WindowRecord,
  pages: readonly LandedPage[],
  trusted: Coverage,
): boolean {
  const [first, last] = [pages[0], pages.at(-1)]
  if (first === undefined || last === undefined || record.shape !== run.source.shape(run.job.table))
    return false
  const covers = { from: first.coveredFrom, to: last.coveredTo }
  return covers.from < covers.to && gaps(trusted, covers).length > 0
}

/** A page that the disk has spoilt is read anew; kept, it would stop every run to come. */
function noneIfUnreadable(error: unknown): number {
  if (error instanceof SluiceError && error.fault === 'source') return 0
  throw error
}

async function loadPages(
  run: TableRun,
  record: WindowRecord,
  pages: readonly LandedPage[],
  { unfinished, loader }: Readonly<{ unfinished: UnfinishedRun | null; loader: Loader }>,
): Promise<number> {
  for (let start = 0; start < pages.length;) {
    let end = start
    let bytes = 0
    while (end < pages.length && (end === start || bytes < run.batches.maxBytes))
      bytes += pages[end++]?.bodyBytes ?? 0
    const batch = pages.slice(start, end)
    const covers = { from: batch[0]?.coveredFrom ?? 0, to: batch.at(-1)?.coveredTo ?? 0 }
    await loadBatch(run, loader, {
      files: batch.map((page) => ({ ...page, keep: { from: record.from, to: record.keepTo } })),
      covered:
        covers.from < covers.to
          ? [{ pass: record.pass, window: { ...covers, readAt: readNoLater(record.runStartedAt, batch) } }]
          : [],
      mayHold: null,
      reread: unfinished?.reread ?? [],
      readAt: record.runStartedAt,
    })
    start = end
  }
  return pages.length
}
