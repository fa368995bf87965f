import type { Table } from '../../model/table.ts'
import type { Looker, Stream } from './look.ts'
import { exactly } from './measure.ts'
import type { Measure, RowCount } from './measure.ts'

/** Pages of one stream that are followed to see whether it ends; Klaviyo tells nobody how many there are. */
const MOST_PAGES = 3
/** Handfuls of parents that are looked into. */
const MOST_HANDFULS = 3
/** Streams of one table that a run reads side by side. */
const STREAMS = 4

/**
 * How many rows a table has that is read whole: all of them where three pages are enough; else as many as when
 * it was last read, if it ever was; else no more can be said than that there are at least so many.
 */
export async function measureWhole(
  looker: Looker,
  { table, parent, lastRows }: Readonly<{ table: Table; parent: Table | null; lastRows: number | null }>,
): Promise<Measure> {
  if (parent !== null && table.parent !== null)
    return measureChildren(looker, { table, parent, lastRows, idsPerRequest: table.parent.idsPerRequest })
  const streams = await Promise.all(table.passes.map(({ name }) => follow(looker, table, name)))
  return measureOf(looker, { table, streams, lastRows, parent: null, unseen: 0 })
}

async function measureChildren(
  looker: Looker,
  {
    table,
    parent,
    lastRows,
    idsPerRequest,
  }: Readonly<{ table: Table; parent: Table; lastRows: number | null; idsPerRequest: number }>,
): Promise<Measure> {
  const parents = await Promise.all(parent.passes.map(({ name }) => follow(looker, parent, name)))
  const pages = total(parents, 'pages')
  const ids = parents.every(({ ends }) => ends) ? await looker.ids(parent.name, pages) : null
  const handfuls = Math.ceil((ids?.length ?? total(parents, 'rows')) / idsPerRequest)
  const seen = Math.min(handfuls, ids === null ? 0 : MOST_HANDFULS)
  const streams = await Promise.all(
    Array.from({ length: seen }, (_, index) =>
      follow(looker, table, '', ids?.slice(index * idsPerRequest, (index + 1) * idsPerRequest)),
    ),
  )
  return measureOf(looker, {
    table,
    streams,
    lastRows,
    parent: { table: parent, pages },
    unseen: ids === null ? Math.max(1, handfuls) : handfuls - seen,
  })
}

const follow = (looker: Looker, table: Table, pass: string, parents?: readonly string[]): Promise<Stream> =>
  looker.follow(
    table,
    { pass, window: null, ...(parents === undefined ? {} : { parents }) },
    { most: MOST_PAGES },
  )

function measureOf(
  looker: Looker,
  {
    table,
    streams,
    lastRows,
    parent,
    unseen,
  }: Readonly<{
    table: Table
    streams: readonly Stream[]
    lastRows: number | null
    parent: Measure['parent']
    /** Streams that were not looked into. */
    unseen: number
  }>,
): Measure {
  const rowsSeen = total(streams, 'rows')
  const isWhole = unseen === 0 && streams.every(({ ends }) => ends)
  const rows: RowCount = isWhole
    ? exactly(rowsSeen)
    : lastRows !== null && lastRows > rowsSeen
      ? { count: lastRows, certainty: 'about', margin: null }
      : { count: rowsSeen, certainty: 'at least', margin: null }
  // A stream that goes on has one page more at the least.
  const pagesSeen = streams.reduce((sum, { pages, ends }) => sum + pages + (ends ? 0 : 1), 0) + unseen
  const pages = isWhole ? pagesSeen : Math.max(pagesSeen, Math.ceil(rows.count / looker.pageRows(table)))
  return {
    rows,
    pages,
    parent,
    longestStream: streams.length + unseen === 1 ? pages : Math.max(1, ...streams.map((each) => each.pages)),
    streams: STREAMS,
    latencyMs: looker.latencyMs,
    looks: looker.looks,
  }
}

function total<Name extends string>(values: readonly Readonly<Record<Name, number>>[], name: Name): number {
  return values.reduce((sum, value) => sum + value[name], 0)
}
