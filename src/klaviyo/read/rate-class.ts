import type { Rate, Table } from '../../model/table.ts'

/** The limits that a query falls under, and a name for them; empty for the endpoint's ordinary ones. */
export type RateClass = Readonly<{ rate: Rate; name: string }>

/** Costly additions have slower limits and a count of their own; of several, the slowest applies. */
export function rateClassOf(
  { rate, reducedRates }: Pick<Table, 'rate' | 'reducedRates'>,
  query: readonly (readonly [string, string])[],
): RateClass {
  const asked = reducedRates.filter(({ parameter, value }) =>
    query.some(([name, text]) => name === parameter && text.split(',').includes(value)),
  )
  const [slowest] = asked.sort((a, b) => a.rate.perMinute - b.rate.perMinute)
  return slowest === undefined
    ? { rate, name: '' }
    : { rate: slowest.rate, name: `${slowest.parameter}=${slowest.value}` }
}
