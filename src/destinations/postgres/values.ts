import type { SqlValue } from '../sql/database.ts'

/** Object ids of types in `pg_type`; they never change. */
const BOOL = 16
const INT8 = 20
const INT2 = 21
const INT4 = 23
const FLOAT4 = 700
const FLOAT8 = 701
const TIMESTAMPTZ = 1184

/** How a value that the server sends as text is read; everything else stays text, so that no digit is lost. */
export function readerOf(type: number): (text: string) => SqlValue {
  switch (type) {
    case BOOL:
      return (text) => text === 't'
    case INT8:
      return BigInt
    case INT2:
    case INT4:
    case FLOAT4:
    case FLOAT8:
      return Number
    case TIMESTAMPTZ:
      return isoOf
    default:
      return (text) => text
  }
}

/** `2026-01-31 12:00:00.5+00` as `2026-01-31T12:00:00.500000Z`. Only transactions are in UTC for sure. */
function isoOf(text: string): string {
  const match = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?([+-]\d\d)(?::?(\d\d))?$/.exec(text)
  if (match === null) return text
  const [, day, time, fraction = '', hours, minutes = '00'] = match
  const second = new Date(`${day}T${time}${hours}:${minutes}`).toISOString().slice(0, 19)
  return `${second}.${fraction.padEnd(6, '0')}Z`
}
