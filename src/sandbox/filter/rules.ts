import { badParameter, type Problem } from '../errors.ts'
import type { Operation } from '../spec.ts'
import type { Checked, Offer } from './check.ts'

/**
 * Which endpoints refuse bounds in the future: recorded for campaigns and flows, and for the lower bounds of events;
 * events with an upper bound in the future were accepted.
 */
export function futureBoundsOf(operation: Operation): Offer['future'] {
  if (/^\/api\/(campaigns|flows|flow-actions)/.test(operation.path)) return 'refused'
  return operation.path === '/api/events' ? 'lower refused' : 'allowed'
}

/** What an endpoint demands of its filter as a whole. */
export function filterProblems(
  operation: Operation,
  conditions: readonly Checked[],
  sort: Readonly<{ field: string }> | null,
): readonly Problem[] {
  const has = (field: string): boolean => conditions.some((condition) => condition.field === field)
  if (operation.path === '/api/campaigns' && !has('messages.channel')) {
    return [badParameter('filter', 'A channel filter is required to list campaigns.')]
  }
  if (operation.path === '/api/coupon-codes' && !has('coupon.id') && !has('profile.id')) {
    return [badParameter('filter', 'A coupon.id or profile.id filter is required to list coupon codes.')]
  }
  if (operation.path === '/api/flows' && sort !== null) {
    const dates = new Set(conditions.filter(({ type }) => type === 'date-time').map(({ field }) => field))
    if (dates.size > 1 || (dates.size === 1 && !dates.has(sort.field))) {
      return [badParameter('sort', 'The sort field must match the filtered date field.')]
    }
  }
  return []
}

/** Rows that a list leaves out unless the filter speaks of them: archived campaigns and flows, hidden images. */
export function hiddenByDefault(operation: Operation, conditions: readonly Checked[]): readonly Checked[] {
  const field = { '/api/campaigns': 'archived', '/api/flows': 'archived', '/api/images': 'hidden' }[
    operation.path
  ]
  if (field === undefined || conditions.some((condition) => condition.field === field)) return []
  return [{ field, operator: 'equals', type: 'boolean', values: [false] }]
}
