import type { Key } from '../cursor.ts'
import { microsOf } from '../instant.ts'

const INSTANT = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/

/** What a value sorts by: instants by microseconds, booleans as numbers, an array by its first element. */
export function keyOf(value: unknown): Key {
  if (Array.isArray(value)) return keyOf(value[0])
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'string') return INSTANT.test(value) ? microsOf(value) : value
  return null
}
