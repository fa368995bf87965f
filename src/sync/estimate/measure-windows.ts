import type { Cursor, Table } from '../../model/table.ts'
import type { EpochSeconds, Window } from '../../model/time.ts'
import { LIVE_EDGE_SECONDS } from '../extract.ts'
import type { NewTask } from '../window-pool.ts'
import { lengthOf, secondsOf } from './look.ts'
import type { Looker } from './look.ts'
import { exactly } from './measure.ts'
import type { Measure, RowCount } from './measure.ts'
import { Survey } from './survey.ts'
import type { Sighting } from './survey.ts'

/** Requests that one table's estimate may take; a fraction of a percent of any read that takes minutes. */
const MOST_LOOKS = 20
/** Looks of one round, side by side: what they show decides where the next ones go. */
const ROUND = 4
/** … and no more than this part of the endpoint's limit per minute, which the run itself will want. */
const SHARE_OF_MINUTE = 1 / 3

/**
 * How many rows the gaps of a table hold, from its first page and some further ones. For events Klaviyo could
 * count by metric and day (its metric aggregates), which would show peaks that lie between the looks; the sandbox
 * does not serve those, so nothing here relies on them.
 */
export async function measureWindows(
  looker: Looker,
  table: Table,
  cursor: Cursor,
  { tasks, now }: Readonly<{ tasks: readonly NewTask[]; now: EpochSeconds }>,
): Promise<Measure> {
  const pageRows = looker.pageRows(table)
  const thin = cursorOnly(table, cursor)
  const most = Math.max(1, Math.min(MOST_LOOKS, Math.floor(table.rate.perMinute * SHARE_OF_MINUTE)))
  const gaps = tasks.map((task, turn) => ({ task, survey: new Survey(task, pageRows, turn) }))
  const look = async ({ task, survey }: (typeof gaps)[number], window: Window, as: Table): Promise<void> => {
    survey.note(window, await sightingOf(looker, as, { task, window, now, cursor }))
  }
  // The first page of each gap is asked for as the run will ask, so that its latency is that of the run.
  const first = gaps.toSorted((a, b) => lengthOf(b.task) - lengthOf(a.task)).slice(0, most)
  await Promise.all(first.map((gap) => look(gap, gap.task, table)))
  for (;;) {
    const [widest] = first.toSorted((a, b) => b.survey.guess().margin - a.survey.guess().margin)
    if (widest === undefined || looker.looks >= most || widest.survey.guess().margin <= pageRows) break
    const places = widest.survey.next(Math.min(ROUND, most - looker.looks))
    await Promise.all(places.map((window) => look(widest, window, thin)))
  }

  const pagesOf = (rows: number): number => Math.max(1, Math.ceil(rows / pageRows))
  const streams = gaps.map(({ survey }) => pagesOf(survey.guess().rows))
  return {
    rows: sumOf(gaps.map(({ survey }) => survey)),
    pages: streams.reduce((sum, pages) => sum + pages, 0),
    parent: null,
    longestStream: cursor.ordered ? null : Math.max(0, ...streams),
    streams: null,
    latencyMs: looker.latencyMs,
    looks: looker.looks,
  }
}

/** Only the cursor is looked at: a page of 1,000 whole events is a megabyte. */
const cursorOnly = (table: Table, cursor: Cursor): Table => ({
  ...table,
  query: {
    ...(table.query['sort'] === undefined ? {} : { sort: table.query['sort'] }),
    [`fields[${table.type}]`]: cursor.field,
  },
})

async function sightingOf(
  looker: Looker,
  table: Table,
  {
    task,
    window,
    now,
    cursor,
  }: Readonly<{ task: NewTask; window: Window; now: EpochSeconds; cursor: Cursor }>,
): Promise<Sighting> {
  const isLive = window.to === task.to && (task.keepTo === null || task.keepTo > now - LIVE_EDGE_SECONDS)
  const read = { pass: task.pass, window: { from: window.from, to: isLive ? null : window.to } }
  const [page] = await looker.pages(table, read, 1)
  if (page === undefined) return { rows: 0, first: null, last: null, more: false }
  const ends = [secondsOf(page.firstCursor), secondsOf(page.lastCursor)].filter((at) => at !== null)
  if (ends.length < 2) return { rows: page.rows, first: null, last: null, more: page.next !== null }
  // Where the order is not kept, the ends of a page are not its least and greatest, but near enough to guess by.
  const [first, last] = [Math.min(...ends), Math.max(...ends)]
  const isPast = last >= window.to
  // An endpoint without an upper bound goes on behind the window; those rows are somebody else's.
  const rows =
    isPast && !isLive && cursor.upper === null ? cut(page.rows, { first, last }, window.to) : page.rows
  return { rows, first, last, more: page.next !== null && !isPast }
}

function cut(rows: number, { first, last }: Readonly<{ first: number; last: number }>, to: number): number {
  if (first >= to) return 0
  return Math.round((rows * (to - first)) / Math.max(1, last - first + 1))
}

function sumOf(surveys: readonly Survey[]): RowCount {
  const guesses = surveys.map((survey) => survey.guess())
  const count = Math.round(guesses.reduce((sum, { rows }) => sum + rows, 0))
  const margin = Math.sqrt(guesses.reduce((sum, guess) => sum + guess.margin ** 2, 0))
  if (margin === 0) return exactly(count)
  return margin === Infinity
    ? { count, certainty: 'at least', margin: null }
    : { count, certainty: 'about', margin: Math.min(count, Math.ceil(margin)) }
}
