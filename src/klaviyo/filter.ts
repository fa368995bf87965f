import { SluiceError } from '../model/errors.ts'
import type { Filter, FilterValue } from '../model/filter.ts'
import type { Cursor } from '../model/table.ts'
import { isoSeconds, type EpochSeconds } from '../model/time.ts'

/** A window whose end may be open: the last one, where the endpoint has no upper bound or none is wanted. */
export type OpenWindow = Readonly<{ from: EpochSeconds; to: EpochSeconds | null }>

/** The `filter` parameter, not yet percent-encoded; conditions are joined by "and". Empty for no conditions. */
export const filterText = (filters: readonly Filter[]): string =>
  filters.map(({ operator, field, value }) => `${operator}(${field},${literal(value)})`).join(',')

/**
 * The conditions that bring every row of `from <= t < to`, from what the endpoint offers. They may bring rows
 * beyond the edges, never fewer: an exclusive lower bound steps back by the field's resolution, and an endpoint
 * without upper bound goes on to its end.
 */
export function windowFilters(cursor: Cursor, { from, to }: OpenWindow): Filter[] {
  // Klaviyo cuts bounds to the second and calls a range without a second in it invalid.
  if (to !== null && to <= from)
    throw new SluiceError('bug', `A window from ${from} to ${to} has no time in it.`)
  const start = cursor.lower === 'greater-or-equal' ? from : from - cursor.resolutionSeconds
  const lower: Filter = { operator: cursor.lower, field: cursor.field, value: { kind: 'instant', at: start } }
  if (to === null || cursor.upper === null) return [lower]
  return [lower, { operator: cursor.upper, field: cursor.field, value: { kind: 'instant', at: to } }]
}

function literal(value: FilterValue): string {
  switch (value.kind) {
    case 'text':
      return JSON.stringify(value.text)
    case 'texts':
      return JSON.stringify(value.texts)
    case 'boolean':
      return String(value.boolean)
    case 'instant':
      return isoSeconds(value.at)
    default:
      return value satisfies never
  }
}
