import type { Dialect } from '../sql/dialect.ts'
import type { Window } from '../../model/time.ts'
import { monthOf } from './layout.ts'

/** From the first month to the last, both included. */
export type Months = Readonly<{ first: string; last: string }>

export const monthsOf = ({ from, to }: Window): Months => ({ first: monthOf(from), last: monthOf(to - 1) })

/** Whether rows of a month may lie in one of the stretches; those without a month lie in none. */
export const isWithin = (month: string | null, stretches: readonly Months[]): boolean =>
  month !== null && stretches.some(({ first, last }) => first <= month && month <= last)

/** The month of a moment as SQL text, null where it has none. Sessions are in UTC. */
export const monthSql = (cursor: string): string =>
  `case when isfinite(${cursor}) then strftime(${cursor}, '%Y-%m') end`

/** Whether a moment is in this month. As a range: as texts, every row would be spelled anew for every month. */
export function inMonthSql(cursor: string, month: string | null, dialect: Dialect): string {
  if (month === null) return `(${cursor} is null or not isfinite(${cursor}))`
  const first = `cast('${month}-01 00:00:00+00' as ${dialect.types.timestamp})`
  return `(${cursor} >= ${first} and ${cursor} < ${first} + interval 1 month)`
}
