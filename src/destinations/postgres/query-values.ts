import type { parse } from 'postgres-array'
import type { QueryValue } from '../../model/query-rows.ts'
import type { ColumnType } from '../../model/table.ts'
import { readerOf } from './values.ts'

/** How a column of a query's result is typed, and its values read from the text that the server sends. */
export type ColumnReader = Readonly<{
  type: ColumnType
  /** In the server's words; `text` for every type that stays as the server spells it. */
  actual: string
  read: (text: string) => QueryValue
}>

type Known = Readonly<{ type: ColumnType; actual: string; array: number }>

/** By object id in `pg_type`, which never changes; `array` is the id of the array of it. */
const known: Readonly<Record<number, Known>> = {
  16: { type: 'boolean', actual: 'boolean', array: 1000 },
  20: { type: 'integer', actual: 'bigint', array: 1016 },
  21: { type: 'integer', actual: 'smallint', array: 1005 },
  23: { type: 'integer', actual: 'integer', array: 1007 },
  25: { type: 'text', actual: 'text', array: 1009 },
  114: { type: 'json', actual: 'json', array: 199 },
  700: { type: 'decimal', actual: 'real', array: 1021 },
  701: { type: 'decimal', actual: 'double precision', array: 1022 },
  1042: { type: 'text', actual: 'character', array: 1014 },
  1043: { type: 'text', actual: 'character varying', array: 1015 },
  1082: { type: 'text', actual: 'date', array: 1182 },
  1114: { type: 'timestamp', actual: 'timestamp without time zone', array: 1115 },
  1184: { type: 'timestamp', actual: 'timestamp with time zone', array: 1185 },
  1700: { type: 'decimal', actual: 'numeric', array: 1231 },
  2950: { type: 'text', actual: 'uuid', array: 2951 },
  3802: { type: 'json', actual: 'jsonb', array: 3807 },
}

const elements = new Map(Object.entries(known).map(([id, { array }]) => [array, Number(id)]))

/** @param parseArray of `postgres-array`, which comes with the driver */
export function columnReader(typeId: number, parseArray: typeof parse): ColumnReader {
  const element = elements.get(typeId)
  if (element !== undefined) {
    const of = columnReader(element, parseArray)
    return { type: 'json', actual: `${of.actual}[]`, read: (text) => nested(parseArray(text, speller(of))) }
  }
  const { type, actual } = known[typeId] ?? { type: 'text', actual: 'text' }
  return { type, actual, read: actual === 'timestamp without time zone' ? withoutZone : readerOf(typeId) }
}

/** `2026-01-31 12:00:00.5` as `2026-01-31T12:00:00.500000`. */
function withoutZone(text: string): string {
  const match = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?$/.exec(text)
  return match === null ? text : `${match[1]}T${match[2]}.${(match[3] ?? '').padEnd(6, '0')}`
}

/** An element of an array as JSON text, digit by digit. */
const speller =
  ({ type, read }: ColumnReader) =>
  (value: string): string => {
    if (type === 'json') return value
    const isBare = type === 'integer' || (type === 'decimal' && /^-?[\d.]+(e[+-]?\d+)?$/i.test(value))
    return isBare ? value : JSON.stringify(read(value))
  }

type Nested = string | null | readonly Nested[]

const nested = (value: Nested): string =>
  value === null ? 'null' : typeof value === 'string' ? value : `[${value.map(nested).join(',')}]`
