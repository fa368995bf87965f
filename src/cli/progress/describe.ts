import type { Altered, Happening, PlannedRead, Reconciled, TableResult } from '../../model/run-event.ts'
import { flagSpelling } from '../../model/spelling.ts'
import { count, counted, duration, instant, percent } from '../units.ts'

/** A wait shorter than this is over before one has read about it. */
const WORTH_SAYING_MS = 2_000
/** More tables than this are counted, not named. */
const NAMED_TABLES = 8

/** One line about an event; null for those that are too frequent to be worth one. */
export function describe(event: Happening): string | null {
  switch (event.type) {
    case 'store carried over':
      return `What sluice remembers in the destination had the form of an older version, and was carried over (${event.from} → ${event.to}).`
    case 'run started': {
      const { account, tables } = event
      return `account ${account}: ${tables.length > NAMED_TABLES ? counted(tables.length, 'table') : tables.join(', ')}`
    }
    case 'advice':
      return event.message
    case 'table planned':
      return `${event.table}: ${plan(event.plan)}`
    case 'limited':
      return event.waitMs < WORTH_SAYING_MS
        ? null
        : `${event.table}: waiting ${duration(event.waitMs)}: ${event.reason}`
    case 'columns added':
      return `${event.table}: new ${event.columns.length === 1 ? 'column' : 'columns'} ${event.columns.map((name) => `"${name}"`).join(', ')}`
    case 'altered':
      return `${event.table}: ${alteration(event)}`
    case 'pages set aside':
      return `${event.table}: ${counted(event.pages, 'page')} on disk could not be loaded, moved to "${event.folder}", and what is missing is read anew`
    case 'reconciling': {
      const { table, rows, window } = event
      const where = window === null ? '' : ` from ${instant(window.from)} to ${instant(window.to)}`
      return `${table}: looking for ${counted(rows, 'row')}${where} at Klaviyo by id`
    }
    case 'rows missing': {
      const { table, missing, rows } = event
      const most = missing > rows / 2 ? ', more than half,' : ''
      return `${table}: ${count(missing)} of ${counted(rows, 'row')}${most} did not come: looking for them a second time`
    }
    case 'reconciled':
      return `${event.table}: ${comparison(event)}`
    case 'table done': {
      const { rows, inserted, changed, removed, replaced, requests, durationMs, limitShare } = event.result
      const parts = [
        `${counted(rows, 'row')} read`,
        `${count(inserted)} new`,
        removed + replaced > 0
          ? `${count(replaced)} replaced, ${count(removed)} removed`
          : `${count(changed)} changed`,
        counted(requests, 'request'),
        `${percent(limitShare)} of the limit`,
      ]
      const shrunk = shrinkage(event.result)
      return `${event.table}: done in ${duration(durationMs)}: ${parts.join(', ')}${shrunk === null ? '' : `; ${shrunk}`}`
    }
    case 'table failed':
    case 'lookback caught':
    case 'page received':
    case 'batch committed':
    case 'run done':
      return null
    default:
      return event satisfies never
  }
}

/** Of all events only those that one would want to know of later: for above the bars. */
export function notable(tell: (line: string) => void): (event: Happening) => void {
  const failure = failureLines()
  return (event) => {
    const line = isNotable(event) ? describe(event) : failure(event)
    if (line !== null) tell(line)
  }
}

function isNotable(event: Happening): boolean {
  if (event.type === 'table planned')
    return event.plan.kind === 'windows' && (event.plan.resumed || event.plan.replayedPages > 0)
  if (event.type === 'reconciled') return event.marked > 0 || event.revived > 0
  return [
    'store carried over',
    'columns added',
    'altered',
    'advice',
    'pages set aside',
    'rows missing',
  ].includes(event.type)
}

/**
 * Says of a table that fails while others go on why it does, each reason once. What ends the run is said at its
 * end: one table's failure, or that the user said stop.
 */
export function failureLines(): (event: Happening) => string | null {
  const reasons = new Set<string>()
  let tables = 0
  return (event) => {
    if (event.type === 'run started') tables = event.tables.length
    if (event.type !== 'table failed' || tables === 1 || event.error.fault === 'interrupted') return null
    const message = event.error.spelled(flagSpelling)
    const isKnown = reasons.has(message)
    reasons.add(message)
    return isKnown ? `${event.table}: failed for the same reason` : `${event.table}: failed. ${message}`
  }
}

function plan(read: PlannedRead): string {
  if (read.kind === 'snapshot') return 'reading the whole table'
  const replayed =
    read.replayedPages === 0 ? '' : `, ${counted(read.replayedPages, 'page')} already on disk loaded`
  if (read.windows === 0) return `everything up to ${since(read.from)} is in already${replayed}`
  const what = read.resumed
    ? `going on where the last run stopped, at ${since(read.from)}`
    : `reading from ${since(read.from)} on`
  return `${what}${replayed}`
}

/** What looking for rows at Klaviyo has come to. */
export function comparison({ rows, marked, revived }: Reconciled): string {
  const back = revived === 0 ? '' : `, ${count(revived)} back`
  return `${counted(rows, 'row')} looked for at Klaviyo: ${marked === 0 ? 'none' : count(marked)} found gone${back}`
}

/** What is not in as Klaviyo sent it, and where to look: `3 values of "amount" did not fit … (row "01H…")`. */
export function alteration({ kind, column, rows, exampleKey }: Altered): string {
  const where = column === null ? '' : ` of column "${column}"`
  const example = exampleKey === null ? '' : `, for example in row "${exampleKey}"`
  switch (kind) {
    case 'unfit':
      return `${counted(rows, 'value')}${where} did not fit its type and went to "_sluice_unfit"${example}`
    case 'nul':
      return `${counted(rows, 'value')}${where} lost NUL characters, which the database cannot store${example}`
    case 'half-character':
      return `${counted(rows, 'value')}${where} held half characters, which are U+FFFD now${example}`
    default:
      return kind satisfies never
  }
}

/** A table that lost more than it kept is seldom meant. Fewer rows than this come and go. */
const FEW_ROWS = 10

/** What to say of a table that came out much smaller than it was; null for the others. */
export function shrinkage({ rows, inserted, deleted, removed, replaced }: TableResult): string | null {
  const isRenewed = removed + replaced > 0
  const after = isRenewed ? inserted + replaced : rows
  const before = isRenewed ? removed + replaced : rows - inserted + deleted
  const isMuch = after === 0 ? before > 0 : before >= FEW_ROWS && after * 2 < before
  return isMuch
    ? `${after === 0 ? 'no row' : `only ${counted(after, 'row')}`} came where ${counted(before, 'row')} ${before === 1 ? 'was' : 'were'} in`
    : null
}

const since = (from: number): string => (from <= 0 ? 'the beginning' : instant(from))
