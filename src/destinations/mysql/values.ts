import type { SqlValue } from '../sql/database.ts'

/** What the protocol says of a result's column. */
export type FieldFacts = Readonly<{ name: string; columnType?: number; columnLength?: number }>

const TINY = 1
const LONGLONG = 8
const TIMESTAMP = 7
const DATETIME = 12

/** A value as the driver gives it: long numbers, decimals and times as text. */
export type WireValue = string | number | Buffer | null | undefined

/** The same as this program has it. */
export function valueOf(value: WireValue, { columnType, columnLength }: FieldFacts): SqlValue {
  if (value === null || value === undefined) return null
  // As MySQL itself spells bytes.
  if (Buffer.isBuffer(value)) return `0x${value.toString('hex')}`
  if (columnType === LONGLONG) return BigInt(String(value))
  // `tinyint(1)` is what MySQL has for a boolean.
  if (columnType === TINY && columnLength === 1) return Number(value) !== 0
  if (columnType === DATETIME || columnType === TIMESTAMP) return isoOf(String(value))
  return value
}

/** `2026-01-31 12:00:00.5` as `2026-01-31T12:00:00.500000Z`: all times are in UTC. */
function isoOf(text: string): string {
  const match = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?$/.exec(text)
  if (match === null) return text
  return `${match[1]}T${match[2]}.${(match[3] ?? '').padEnd(6, '0')}Z`
}
