import type { RunResult, TableResult } from '../model/run-event.ts'
import { alteration, comparison, shrinkage } from './progress/describe.ts'
import { fitted, folded } from './text-layout.ts'
import { asFlag, count, counted, duration, percent, span } from './units.ts'

type Column = Readonly<{
  title: string
  of: (table: TableResult) => number
  /** Left out where nothing of the kind happened. */
  rare?: true
}>

const COLUMNS: readonly Column[] = [
  { title: 'rows read', of: ({ rows }) => rows },
  { title: 'new', of: ({ inserted }) => inserted },
  { title: 'changed', of: ({ changed }) => changed },
  { title: 'replaced', of: ({ replaced }) => replaced, rare: true },
  { title: 'removed', of: ({ removed }) => removed, rare: true },
  { title: 'gone', of: ({ deleted }) => deleted, rare: true },
  { title: 'back', of: ({ reconciled }) => reconciled?.revived ?? 0, rare: true },
  { title: 'late', of: ({ late }) => late.rows, rare: true },
  { title: 'requests', of: ({ requests }) => requests },
  { title: '429s', of: ({ throttled }) => throttled },
  { title: 'asked anew', of: ({ refusedLinks }) => refusedLinks, rare: true },
]

export type SummaryOptions = Readonly<{
  /** How far each table looked back, in seconds. */
  lookbackOf?: (table: string) => number | undefined
  /** Columns that lines must keep to. Default: any. */
  width?: number
}>

/** What a run has come to: a table with a total, and what the lookback caught. */
export function summary(
  { tables, durationMs }: RunResult,
  { lookbackOf = () => undefined, width = Infinity }: SummaryOptions = {},
): readonly string[] {
  if (tables.length === 0) return []
  const columns = COLUMNS.filter(({ of, rare }) => rare !== true || tables.some((table) => of(table) > 0))
  const sum = ({ of }: Column): number => tables.reduce((total, table) => total + of(table), 0)
  const rows = tables.map((table) => [
    table.table,
    ...columns.map(({ of }) => count(of(table))),
    duration(table.durationMs),
    percent(table.limitShare),
  ])
  const total = ['total', ...columns.map((column) => count(sum(column))), duration(durationMs), '']
  const lines = [
    ...fitted(
      [
        ['table', ...columns.map(({ title }) => title), 'time', 'of limit'],
        ...rows,
        ...(tables.length === 1 ? [] : [total]),
      ],
      { numbersFrom: 1, width },
    ),
    ...tables.flatMap((table) => {
      const shrunk = shrinkage(table)
      return shrunk === null ? [] : [`${table.table}: ${shrunk}.`]
    }),
    ...tables.flatMap(({ table, altered }) => altered.map((each) => `${table}: ${alteration(each)}.`)),
    ...tables.flatMap(({ table, reconciled }) =>
      reconciled === null ? [] : [`${table}: ${comparison(reconciled)}.`],
    ),
    ...tables.filter(({ late }) => late.rows > 0).map((table) => caught(table, lookbackOf(table.table))),
  ]
  return folded(lines, width)
}

/** What a run has come to, in one line. */
export function briefly({ tables, durationMs }: RunResult): string {
  const sum = (of: (table: TableResult) => number): number =>
    tables.reduce((total, table) => total + of(table), 0)
  const [removed, replaced] = [sum((table) => table.removed), sum((table) => table.replaced)]
  const altered = sum((table) => table.altered.reduce((total, { rows }) => total + rows, 0))
  const what = [
    `${counted(
      sum(({ rows }) => rows),
      'row',
    )} read`,
    `${count(sum(({ inserted }) => inserted))} new`,
    `${count(sum(({ changed }) => changed))} changed`,
    ...(removed + replaced === 0 ? [] : [`${count(replaced)} replaced`, `${count(removed)} removed`]),
    ...(tables.every(({ reconciled }) => reconciled === null)
      ? []
      : [`${count(sum(({ deleted }) => deleted))} gone`]),
    ...(altered === 0 ? [] : [`${counted(altered, 'value')} altered`]),
  ]
  return `${counted(tables.length, 'table')} done in ${duration(durationMs)}: ${what.join(', ')}.`
}

/** What the lookback caught, and whether it suffices: rows as old as it reaches suggest that older ones exist. */
function caught({ table, late }: TableResult, lookbackSeconds: number | undefined): string {
  const what = `${table}: the lookback caught ${counted(late.rows, 'late row')}, the oldest ${span(late.oldestSeconds)} old`
  if (lookbackSeconds === undefined || lookbackSeconds === 0) return `${what}.`
  const further = `--lookback ${asFlag(lookbackSeconds * 2)} would look further back`
  return late.oldestSeconds < lookbackSeconds / 2
    ? `${what}; it reaches back ${span(lookbackSeconds)} (${further}).`
    : `${what}, and it reaches back only ${span(lookbackSeconds)}: ${further}.`
}
