import type { ReadPage } from './extract.ts'
import type { TableRun } from './table-run.ts'

/** Counts a page and tells the listeners. */
export function notePage(
  { job, source, tally, listener }: TableRun,
  page: ReadPage,
  forecast: Readonly<{ progress: number; leftMs: number }> | null,
): void {
  tally.pages += 1
  listener({
    type: 'page received',
    table: job.table.name,
    rows: page.rows,
    bytes: page.raw.length,
    latencyMs: page.latencyMs,
    progress: forecast?.progress ?? null,
    leftMs: forecast?.leftMs ?? null,
    limitShare: source.usage(job.table).limitShare,
  })
}
