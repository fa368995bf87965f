import { count, counted, duration, percent, roughly } from '../units.ts'
import type { TableState } from './table-state.ts'

export type Space = Readonly<{ columns: number; rows: number }>

const BAR = { least: 6, most: 30 }
/** A shorter wait is over before one has read about it. */
const WORTH_SAYING_MS = 1_000
/** A table whose pages are not all loaded is probably being loaded this long after its last page. */
const QUIET_MS = 1_500
/** Room kept for the last column: "done in 1 min 20 s" is its longest ordinary text. */
const STATE_WIDTH = 18
const PULSE_MS = 120

/** What can be left out where there is no room, in the order in which it goes. */
const SPARE = ['pages', 'rows/s', 'limit'] as const

type Cells = Readonly<Record<'name' | 'rows' | 'pages' | 'rows/s' | 'limit' | 'state', string>>
type Line = Cells & Readonly<{ table?: TableState }>

/** All tables as lines that fit the space: one a table, as many as there is room for, a header and a total. */
export function barLines(tables: readonly TableState[], atMs: number, space: Space): readonly string[] {
  if (tables.length === 0) return []
  // The last line of a terminal stays empty, and its last column too: a full one would wrap in some.
  const shown = visible(tables, space.rows - 4)
  const hidden = tables.length - shown.length
  const lines: Line[] = [HEADER, ...shown.map((table) => ({ ...cellsOf(table, atMs), table }))]
  if (tables.length > 1) lines.push(total(tables, atMs))
  const layout = layoutOf(lines, space.columns - 1)
  const painted = lines.map((line) => {
    const bar = line.table === undefined ? '' : drawBar(line.table, atMs, layout.bar)
    return paintLine(line, bar, layout)
      .slice(0, space.columns - 1)
      .trimEnd()
  })
  if (hidden > 0) painted.splice(-1, 0, `… and ${hidden} more`)
  return painted
}

const HEADER: Cells = {
  name: '',
  rows: 'rows',
  pages: 'pages',
  'rows/s': 'rows/s',
  limit: 'limit',
  state: '',
}

function cellsOf(table: TableState, atMs: number): Cells {
  const perSecond = isReading(table, atMs) ? table.speed.perSecond(atMs) : null
  return {
    name: table.name,
    rows: table.phase === 'not begun' ? '' : count(table.rows),
    pages: table.pages === 0 ? '' : count(table.pages),
    'rows/s': perSecond === null ? '' : count(perSecond),
    limit: table.limitShare === null ? '' : percent(table.limitShare),
    state: stateOf(table, atMs),
  }
}

/** As against waiting for the loader: no page has come for a while, and none was to be expected. */
const isReading = (table: TableState, atMs: number): boolean =>
  table.phase === 'reading' &&
  (table.loadedPages >= table.pages ||
    table.progress === null ||
    (table.readyAtMs ?? 0) > atMs ||
    atMs - table.lastPageAtMs < QUIET_MS)

function stateOf(table: TableState, atMs: number): string {
  const { phase, waiting, readyAtMs, durationMs, pages } = table
  switch (phase) {
    case 'not begun':
      return ''
    case 'done':
      return pages === 0 ? 'nothing to read' : `done in ${duration(durationMs ?? 0)}`
    case 'failed':
      return 'failed'
    case 'reading':
      if (waiting !== null && waiting.untilMs - atMs >= WORTH_SAYING_MS)
        return `waiting ${roughly(waiting.untilMs - atMs)}: ${waiting.reason}`
      if (!isReading(table, atMs)) return 'loading'
      if (readyAtMs === null || readyAtMs <= atMs) return table.isReconciling ? 'comparing ids' : ''
      return `${table.isReconciling ? 'ids, ' : ''}${roughly(readyAtMs - atMs)} left`
    default:
      return phase satisfies never
  }
}

function total(tables: readonly TableState[], atMs: number): Cells {
  const sum = (value: (table: TableState) => number): number =>
    tables.reduce((result, table) => result + value(table), 0)
  const perSecond = sum((table) => (isReading(table, atMs) ? (table.speed.perSecond(atMs) ?? 0) : 0))
  const ended = tables.filter(({ phase }) => phase === 'done' || phase === 'failed').length
  return {
    name: `${ended} of ${counted(tables.length, 'table')}`,
    rows: count(sum(({ rows }) => rows)),
    pages: count(sum(({ pages }) => pages)),
    'rows/s': perSecond === 0 ? '' : count(perSecond),
    limit: '',
    state: '',
  }
}

type Layout = Readonly<{ name: number; bar: number; numbers: readonly (readonly [keyof Cells, number])[] }>

function layoutOf(lines: readonly Cells[], columns: number): Layout {
  const width = (key: keyof Cells, least: number): number =>
    Math.max(least, ...lines.map((cells) => cells[key].length))
  // A number that is cut off is another number; a name is still the same name.
  const besideName = 2 + BAR.least + 2 + width('rows', 9)
  const name = Math.min(width('name', 0), 26, Math.max(4, columns - besideName))
  const all = [
    ['rows', width('rows', 9)],
    ['pages', width('pages', 5)],
    ['rows/s', width('rows/s', 7)],
    ['limit', width('limit', 5)],
  ] as const
  for (let spared = 0; ; spared++) {
    const numbers = all.filter(([key]) => !SPARE.slice(0, spared).some((spare) => spare === key))
    const taken = numbers.reduce((sum, [, each]) => sum + each + 2, 0)
    const bar = columns - name - 2 - taken - 2 - STATE_WIDTH
    if (bar >= BAR.least || spared === SPARE.length)
      return { name, bar: Math.min(BAR.most, Math.max(BAR.least, bar)), numbers }
  }
}

const paintLine = (cells: Cells, bar: string, { name, bar: width, numbers }: Layout): string =>
  [
    cells.name.slice(0, name).padEnd(name),
    bar.padEnd(width),
    ...numbers.map(([key, each]) => cells[key].padStart(each)),
    cells.state,
  ].join('  ')

function drawBar({ phase, progress }: TableState, atMs: number, width: number): string {
  if (phase === 'done') return '█'.repeat(width)
  if (phase !== 'reading') return '·'.repeat(width)
  if (progress === null) return pulse(atMs, width)
  // Full is for those that are done.
  const filled = Math.min(width - 1, Math.floor(progress * width))
  return '█'.repeat(filled) + '░'.repeat(width - filled)
}

/** Something that moves where nobody knows how far it is. */
function pulse(atMs: number, width: number): string {
  const at = Math.floor(atMs / PULSE_MS) % ((width - 3) * 2)
  const left = at < width - 3 ? at : (width - 3) * 2 - at
  return `${'░'.repeat(left)}███${'░'.repeat(width - 3 - left)}`
}

/** Where not all have room: first those that are being read, then those to come, then those that are done. */
function visible(tables: readonly TableState[], room: number): readonly TableState[] {
  if (tables.length <= room) return tables
  const rank = { reading: 0, failed: 1, 'not begun': 2, done: 3 } as const
  const chosen = new Set(
    [...tables].sort((a, b) => rank[a.phase] - rank[b.phase]).slice(0, Math.max(1, room)),
  )
  return tables.filter((table) => chosen.has(table))
}
