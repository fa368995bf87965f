import { microsOf } from '../instant.ts'
import type { Checked, Scalar } from './check.ts'

const MICROS = 1_000_000

/**
 * Whether a row's value passes. Values keep their fractions while bounds are whole seconds, so `greater-than` lets
 * 10:00:00.7 through for 10:00:00, as the service does. An array passes when one of its elements does.
 */
export function matches(condition: Checked, value: unknown): boolean {
  if (Array.isArray(value)) return value.some((each) => matches(condition, each))
  const { operator, values } = condition
  if (operator === 'has') return value !== null && value !== undefined
  if (value === null || value === undefined) return false
  if (condition.type === 'date-time') {
    const micros = typeof value === 'number' ? value : microsOf(text(value))
    return values.some((bound) => compares(operator, micros, Number(bound) * MICROS))
  }
  if (condition.type === 'number' || condition.type === 'integer') {
    return values.some((bound) => compares(operator, Number(value), Number(bound)))
  }
  return values.some((wanted) => reads(operator, value, wanted))
}

function compares(operator: string, value: number, bound: number): boolean {
  switch (operator) {
    case 'greater-than':
      return value > bound
    case 'greater-or-equal':
      return value >= bound
    case 'less-than':
      return value < bound
    case 'less-or-equal':
      return value <= bound
    default:
      return value === bound
  }
}

function reads(operator: string, value: unknown, wanted: Scalar): boolean {
  const read = text(value).toLowerCase()
  const part = String(wanted).toLowerCase()
  switch (operator) {
    case 'contains':
      return read.includes(part)
    case 'starts-with':
      return read.startsWith(part)
    case 'ends-with':
      return read.endsWith(part)
    default:
      return value === wanted
  }
}

const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))
