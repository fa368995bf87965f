import type { Loader } from '../destinations/target.ts'
import { UnloadablePage } from '../engine/unloadable.ts'
import type { LandedPage, Landing, Leftover, WindowRecord } from '../landing/landing.ts'
import { SluiceError } from '../model/errors.ts'
import { gaps, settled } from '../model/coverage.ts'
import type { Coverage } from '../model/coverage.ts'
import type { UnfinishedRun } from '../model/unfinished-run.ts'
import type { Stage } from '../model/stage.ts'
import type { EpochSeconds } from '../model/time.ts'
import { loadStage, readNoLater, stageBatch } from './load-batch.ts'
import type { PageBatch } from './load-batch.ts'
import { goesOn, RESUME_WITHIN_SECONDS } from './plan.ts'
import type { TableRun } from './table-run.ts'

export type Replay = Readonly<{
  loader: Loader
  isAside: boolean
  lookbackSeconds: number
  unfinished: UnfinishedRun | null
  demand: string
  now: EpochSeconds
  /** Called before something is loaded. */
  begin: () => Promise<void>
}>

/**
 * Loads the pages that a killed run left on disk, so that Klaviyo need not be asked for them again, and deletes
 * those that the destination has already, that are old, or that were read before what is there now.
 * @returns how many were loaded
 */
export async function replay(run: TableRun, landing: Landing, options: Replay): Promise<number> {
  const { loader, isAside, unfinished, demand, now } = options
  const leftovers = await landing.leftovers()
  if (leftovers.length === 0) return 0
  const { coverage } = await loader.state()
  const resumes = goesOn(unfinished, demand, now)
  const aside: string[] = []
  let replayed = 0
  for (const leftover of leftovers) {
    const { record } = leftover
    const known = coverage.get(record.pass) ?? []
    const trusted = resumes ? known : settled(known, options.lookbackSeconds)
    const pages = unbroken(leftover, unfinished?.startedAt === record.runStartedAt ? known : [])
    // A refresh that was given up must not be mixed with the next one.
    if (
      (!isAside || resumes) &&
      isWorthLoading(run, record, pages, trusted) &&
      isNews(record, pages, known, now)
    )
      replayed += await loadPages(run, record, pages, {
        ...options,
        setAside: async (files) => {
          for (const file of files) aside.push(await landing.setAside(file))
        },
      })
    await landing.discard(leftover)
  }
  const [folder] = aside
  if (folder !== undefined)
    run.listener({ type: 'pages set aside', table: run.job.table.name, pages: aside.length, folder })
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

/**
 * Whether the pages are recent, and no later run has read what they cover: a row that has changed or gone since would
 * come back as it was.
 */
function isNews(
  record: WindowRecord,
  pages: readonly LandedPage[],
  known: Coverage,
  now: EpochSeconds,
): boolean {
  const [from, to] = [pages[0]?.coveredFrom ?? 0, pages.at(-1)?.coveredTo ?? 0]
  const isOvertaken = known.some(
    (piece) => piece.readAt > record.runStartedAt && piece.from < to && from < piece.to,
  )
  const oldest = Math.min(...pages.map(({ receivedAtMs }) => receivedAtMs)) / 1000
  return !isOvertaken && now - oldest < RESUME_WITHIN_SECONDS
}

async function loadPages(
  run: TableRun,
  record: WindowRecord,
  pages: readonly LandedPage[],
  {
    unfinished,
    loader,
    begin,
    setAside,
  }: Pick<Replay, 'unfinished' | 'loader' | 'begin'> &
    Readonly<{ setAside: (files: readonly string[]) => Promise<void> }>,
): Promise<number> {
  for (let start = 0; start < pages.length;) {
    let end = start
    let bytes = 0
    while (end < pages.length && (end === start || bytes < run.batches.maxBytes))
      bytes += pages[end++]?.bodyBytes ?? 0
    const files = pages.slice(start, end)
    const covers = { from: files[0]?.coveredFrom ?? 0, to: files.at(-1)?.coveredTo ?? 0 }
    const batch: PageBatch = {
      files: files.map((page) => ({ ...page, keep: { from: record.from, to: record.keepTo } })),
      covered:
        covers.from < covers.to
          ? [{ pass: record.pass, window: { ...covers, readAt: readNoLater(record.runStartedAt, files) } }]
          : [],
      mayHold: null,
      reread: unfinished?.reread ?? [],
      readAt: record.runStartedAt,
    }
    const stage = await stageOrNull(run, batch, setAside)
    if (stage === null) return start
    await begin()
    await loadStage(run, loader, batch, stage)
    start = end
  }
  return pages.length
}

/** Null: the batch holds a page that cannot be loaded. Kept where it is, it would stop every run to come. */
async function stageOrNull(
  run: TableRun,
  batch: PageBatch,
  setAside: (files: readonly string[]) => Promise<void>,
): Promise<Stage | null> {
  try {
    return await stageBatch(run, batch)
  } catch (error) {
    // A full disk and a stop are no fault of the pages.
    if (error instanceof SluiceError && error.fault !== 'source' && error.fault !== 'bug') throw error
    run.signal.throwIfAborted()
    await setAside(error instanceof UnloadablePage ? [error.file] : batch.files.map(({ file }) => file))
    return null
  }
}
