import type { Key } from '../cursor.ts'
import { microsOf } from '../instant.ts'

const INSTANT = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/

/** What a value sorts by: instants by microseconds, booleans as numbers, an array by its first element. */
export function keyOf(value: unknown): Key {
  if (Array.isArray(value)) return keyOf(value[0])
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value !== 'string') return null
  const micros = INSTANT.test(value) ? microsOf(value) : Number.NaN
  // The 45th of a month is a text like any other: what is no number has no place in an order.
  return Number.isNaN(micros) ? value : micros
}
