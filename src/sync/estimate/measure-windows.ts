import type { Cursor, Table } from '../../model/table.ts'
import type { EpochSeconds, Window } from '../../model/time.ts'
import { LIVE_EDGE_SECONDS } from '../extract.ts'
import type { NewTask } from '../window-pool.ts'
import { lengthOf, secondsOf } from './look.ts'
import type { Ends, Looker } from './look.ts'
import { exactly } from './measure.ts'
import type { Measure, RowCount } from './measure.ts'
import { Survey } from './survey.ts'
import type { Guess, Sighting } from './survey.ts'

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
  const most = Math.max(1, Math.min(MOST_LOOKS, Math.floor(table.rate.perMinute * SHARE_OF_MINUTE)))
  const gaps = tasks.map((task) => ({
    ...task,
    isLive: task.keepTo === null || task.keepTo > now - LIVE_EDGE_SECONDS,
  }))
  // A look into the middle needs an upper bound and an order. Tables that lack either are small.
  const guesses =
    cursor.ordered && cursor.upper !== null
      ? await surveyed(looker, { table, cursor, gaps, most })
      : await followed(looker, { table, gaps, most })
  const pageRows = looker.pageRows(table)
  const streams = guesses.map(({ rows }) => Math.max(1, Math.ceil(rows / pageRows)))
  return {
    rows: sumOf(guesses),
    pages: streams.reduce((sum, pages) => sum + pages, 0),
    parent: null,
    longestStream: cursor.ordered ? null : Math.max(0, ...streams),
    streams: null,
    latencyMs: looker.latencyMs,
    looks: looker.looks,
  }
}

type Gap = Readonly<NewTask & { isLive: boolean }>

async function surveyed(
  looker: Looker,
  {
    table,
    cursor,
    gaps,
    most,
  }: Readonly<{ table: Table; cursor: Cursor; gaps: readonly Gap[]; most: number }>,
): Promise<readonly Guess[]> {
  const pageRows = looker.pageRows(table)
  const surveys = gaps.map((gap, turn) => ({ gap, survey: new Survey(gap, pageRows, turn) }))
  const look = async (
    { gap, survey }: (typeof surveys)[number],
    window: Window,
    as: Table,
  ): Promise<void> => {
    survey.note(window, await sightingOf(looker, as, gap, window))
  }
  // The first page of each gap is asked for as the run will ask, so that its latency is that of the run.
  const first = surveys.toSorted((a, b) => lengthOf(b.gap) - lengthOf(a.gap)).slice(0, most)
  await Promise.all(first.map((each) => look(each, each.gap, table)))
  const thin = cursorOnly(table, cursor)
  for (;;) {
    const [widest] = first.toSorted((a, b) => b.survey.guess().margin - a.survey.guess().margin)
    if (widest === undefined || looker.looks >= most || widest.survey.guess().margin <= pageRows) break
    const places = widest.survey.next(Math.min(ROUND, most - looker.looks))
    if (places.length === 0) break
    await Promise.all(places.map((window) => look(widest, window, thin)))
  }
  return surveys.map(({ survey }) => survey.guess())
}

async function followed(
  looker: Looker,
  { table, gaps, most }: Readonly<{ table: Table; gaps: readonly Gap[]; most: number }>,
): Promise<readonly Guess[]> {
  const each = Math.max(1, Math.floor(most / Math.max(1, gaps.length)))
  return Promise.all(
    gaps.map(async (gap) => {
      const isEnough = ({ lastCursor }: Ends): boolean =>
        !gap.isLive && (secondsOf(lastCursor) ?? 0) >= gap.to
      const read = { pass: gap.pass, window: { from: gap.from, to: gap.isLive ? null : gap.to } }
      const { rows, ends } = await looker.follow(table, read, { most: each, isEnough })
      return { rows, margin: ends ? 0 : Infinity }
    }),
  )
}

/** Only the cursor is looked at: a page of 1,000 whole events is a megabyte. */
const cursorOnly = (table: Table, cursor: Cursor): Table => ({
  ...table,
  query: {
    ...(table.query['sort'] === undefined ? {} : { sort: table.query['sort'] }),
    [`fields[${table.type}]`]: cursor.field,
  },
})

async function sightingOf(looker: Looker, table: Table, gap: Gap, window: Window): Promise<Sighting> {
  const isOpen = gap.isLive && window.to === gap.to
  const read = { pass: gap.pass, window: { from: window.from, to: isOpen ? null : window.to } }
  const { rows, next, firstCursor, lastCursor } = await looker.first(table, read)
  const [first, last] = [secondsOf(firstCursor), secondsOf(lastCursor)]
  // Rows dated in the future are part of the run, and behind them nothing is.
  return { rows, first, last, more: next !== null && (last ?? 0) < window.to }
}

function sumOf(guesses: readonly Guess[]): RowCount {
  const count = Math.round(guesses.reduce((sum, { rows }) => sum + rows, 0))
  const margin = Math.sqrt(guesses.reduce((sum, guess) => sum + guess.margin ** 2, 0))
  if (margin === 0) return exactly(count)
  return margin === Infinity
    ? { count, certainty: 'at least', margin: null }
    : { count, certainty: 'about', margin: Math.min(count, Math.ceil(margin)) }
}
