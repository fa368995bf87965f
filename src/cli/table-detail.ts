import type { Filter } from '../model/filter.ts'
import { FIRST_REVISION } from '../model/table.ts'
import type { Column, Cursor, FilterField, Paging, Pass, Rate, Relationship, Table } from '../model/table.ts'
import { align, definitions } from './text-layout.ts'

/** All that is known about one table, as lines of at most the page width. */
export function describeTable(table: Table, width: number): readonly string[] {
  return [
    table.name,
    ...definitions(facts(table), { indent: '  ', width }),
    ...section('Columns', align(columnRows(table.columns, 0), { indent: '  ' })),
    ...section('Filters', definitions(filterRows(table.filters), { indent: '  ', width })),
    ...section('Relationships', align(table.relationships.map(relationshipRow), { indent: '  ' })),
  ]
}

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', title, ...lines]

function facts(table: Table): readonly (readonly [string, string])[] {
  return [
    ['endpoint', `${table.path} (${table.type})`],
    ['key', table.key.join(', ')],
    ['cursor', table.cursor === null ? WITHOUT_CURSOR : cursorText(table.cursor)],
    ...optional('lookback', table.cursor === null ? '' : durationText(table.cursor.lookbackSeconds)),
    ['strategy', table.strategy],
    ['page size', pagingText(table.paging)],
    ['limits', rateText(table.rate)],
    ...table.reducedRates.map(
      ({ parameter, value, rate }) => ['', `${rateText(rate)} with ${parameter}=${value}`] as const,
    ),
    ['scopes', table.scopes.join(', ')],
    ...optional('sorts', table.sorts.join(', ')),
    ...optional('includes', table.includes.join(', ')),
    ...Object.entries(table.additionalFields).map(
      ([type, fields]) => ['on request', `${fields.join(', ')} (of ${type})`] as const,
    ),
    ...optional(
      'asks for',
      Object.entries(table.query)
        .map(([name, value]) => `${name}=${value}`)
        .join(' '),
    ),
    ...passFacts(table.passes),
    ...optional(
      'read by',
      table.parent === null
        ? ''
        : `${table.parent.field}, ${table.parent.idsPerRequest} rows of "${table.parent.table}" per request`,
    ),
  ]
}

const WITHOUT_CURSOR = 'none: cannot be filtered by time of change, so every run reads all of it'

const optional = (label: string, text: string): readonly (readonly [string, string])[] =>
  text === '' ? [] : [[label, text]]

function cursorText({ field, lower, upper, resolutionSeconds, ordered }: Cursor): string {
  const bounds = upper === null ? `${lower}, no upper bound` : `${lower} and ${upper}`
  const order = ordered ? '' : ', not strictly ordered'
  return `${field} (${bounds}, to ${durationText(resolutionSeconds)}${order})`
}

function pagingText(paging: Paging): string {
  switch (paging.kind) {
    case 'sized':
      return [
        String(paging.max),
        ...(paging.default === paging.max ? [] : [`Klaviyo's default is ${paging.default}`]),
        ...(paging.sinceRevision === FIRST_REVISION
          ? []
          : [`settable since revision ${paging.sinceRevision}`]),
      ].join(', ')
    case 'cursor':
      return 'fixed by Klaviyo'
    case 'none':
      return 'all rows in one response'
    default:
      return paging satisfies never
  }
}

function rateText({ perSecond, perMinute, perDay }: Rate): string {
  return `${perSecond} per second, ${perMinute} per minute${perDay === undefined ? '' : `, ${perDay} per day`}`
}

const units = [
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
] as const

function durationText(seconds: number): string {
  const [length, unit] = units.find(([each]) => seconds >= each && seconds % each === 0) ?? [1, 'second']
  const count = seconds / length
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}

function passFacts(passes: readonly Pass[]): readonly (readonly [string, string])[] {
  return passes
    .filter(({ name }) => name !== '')
    .map(({ name, filter }, index) => [
      index === 0 ? 'passes' : '',
      filter.length === 0 ? name : `${name}: ${filter.map(filterText).join(', ')}`,
    ])
}

function filterText({ operator, field, value }: Filter): string {
  switch (value.kind) {
    case 'text':
      return `${operator}(${field},"${value.text}")`
    case 'texts':
      return `${operator}(${field},[${value.texts.map((text) => `"${text}"`).join(',')}])`
    case 'boolean':
      return `${operator}(${field},${value.boolean})`
    case 'instant':
      return `${operator}(${field},${new Date(value.at * 1_000).toISOString()})`
    default:
      return value satisfies never
  }
}

function columnRows(columns: readonly Column[], depth: number): readonly (readonly string[])[] {
  return columns.flatMap((column) => [
    [`${'  '.repeat(depth)}${depth === 0 ? column.name : (column.path.at(-1) ?? column.name)}`, column.type],
    ...columnRows(column.fields ?? [], depth + 1),
  ])
}

function filterRows(filters: readonly FilterField[]): readonly (readonly [string, string])[] {
  const labels = align(filters.map(({ field, type }) => [field, type === 'none' ? '' : type]))
  return filters.map(({ operators, listOperators, values }, index) => {
    const offered = [...operators, ...listOperators.map((operator) => `${operator}[...]`)].join(', ')
    return [labels[index] ?? '', values === undefined ? offered : `${offered}: ${values.join(' | ')}`]
  })
}

const relationshipRow = ({ name, many, type }: Relationship): readonly string[] => [
  name,
  `${many ? 'many' : 'one'} ${type}`,
]
