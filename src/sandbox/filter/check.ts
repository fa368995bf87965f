import { badInput, badParameter, type Problem, unknownField } from '../errors.ts'
import { filterSeconds, hasDate } from '../instant.ts'
import { own } from '../own.ts'
import type { FilterField } from '../spec.ts'
import { type Condition, type Literal, NotAFilter, parseFilter } from './parse.ts'

export type Scalar = string | number | boolean

/** A condition that the endpoint offers, its values typed: datetimes as whole epoch seconds. */
export type Checked = Readonly<{
  field: string
  operator: string
  type: FilterField['type']
  values: readonly Scalar[]
}>

/** What an endpoint takes. */
export type Offer = Readonly<{
  type: string
  fields: Readonly<Record<string, FilterField>>
  /** Which bounds on datetimes may not lie in the future. */
  future: 'allowed' | 'refused' | 'lower refused'
  nowMs: number
}>

const INVALID: Problem = badParameter('filter', 'Invalid filter provided.')
const LOWER = ['greater-than', 'greater-or-equal']
const UPPER = ['less-than', 'less-or-equal']

/** Every condition typed, or the problems with them, in the wording of the service. */
export function checkFilter(
  text: string,
  offer: Offer,
): Readonly<{ conditions: readonly Checked[]; problems: readonly Problem[] }> {
  try {
    const results = parseFilter(text).map((condition) => checkCondition(condition, offer))
    const conditions = results.filter((result) => 'values' in result)
    const problems = results.filter((result) => 'status' in result)
    return problems.length > 0
      ? { conditions, problems }
      : { conditions, problems: [...emptyRanges(conditions), ...futureBounds(conditions, offer)] }
  } catch (error) {
    if (error instanceof NotAFilter) return { conditions: [], problems: [INVALID] }
    throw error
  }
}

function checkCondition({ operator, field, value }: Condition, offer: Offer): Checked | Problem {
  const declared = own(offer.fields, field)
  if (declared === undefined) return unknownField('filter', field, offer.type)
  const isList = value?.kind === 'list'
  const offered = isList ? declared.list : declared.single
  if (!offered.includes(operator)) {
    // Two blanks, as the service writes it.
    const allowed = [...new Set([...declared.single, ...declared.list])].sort().join(', ')
    return badParameter(
      'filter',
      `'${operator}' is not an allowed filter operator for ${field}.  Allowed operators are ${allowed}`,
    )
  }
  if ((declared.type === 'none') !== (value === null)) return INVALID
  const literals = value === null ? [] : value.kind === 'list' ? value.values : [value]
  const values = literals.map((literal) => typed(literal, declared)).filter((each) => each !== null)
  const checked = { field, operator, type: declared.type, values }
  const isDated = !isTime(checked) || values.every((each) => hasDate(Number(each)))
  return values.length === literals.length && isDated ? checked : INVALID
}

/** `Number` alone would read `1e300`, `0x10` and `Infinity`, too. */
const NUMBERS = { number: /^-?\d+(\.\d+)?$/, integer: /^-?\d+$/, none: /^$/ } as const

/** Strings must be quoted, all else must not be. */
function typed(literal: Literal, { type, values }: FilterField): Scalar | null {
  if (literal.kind === 'list') return null
  if (type === 'string') {
    return literal.kind === 'string' && (values?.includes(literal.value) ?? true) ? literal.value : null
  }
  if (literal.kind === 'string') return null
  if (type === 'boolean') return /^(true|false)$/i.test(literal.value) ? /^true$/i.test(literal.value) : null
  if (type !== 'date-time' && !NUMBERS[type].test(literal.value)) return null
  const number = type === 'date-time' ? filterSeconds(literal.value) : Number(literal.value)
  return Number.isNaN(number) ? null : number
}

/** Bounds that leave no whole second between them are refused: `>t,<t`, `≥t,<t`, `>t,<t+1`. */
function emptyRanges(conditions: readonly Checked[]): Problem[] {
  const fields = new Set(conditions.filter(isTime).map((condition) => condition.field))
  return [...fields].flatMap((field) => {
    const { first, last } = secondsAllowed(conditions.filter((condition) => condition.field === field))
    if (first <= last) return []
    return [badInput(`/data/attributes/${field}`, `Datetime bounds for ${field} is empty or invalid`)]
  })
}

const isTime = ({ type, field }: Checked): boolean => type === 'date-time' || field === 'timestamp'

/** The first and last whole second that all bounds let through; infinite where there is none. */
export function secondsAllowed(
  bounds: readonly Pick<Checked, 'operator' | 'values'>[],
): Readonly<{ first: number; last: number }> {
  let first = Number.NEGATIVE_INFINITY
  let last = Number.POSITIVE_INFINITY
  for (const { operator, values } of bounds) {
    const at = Number(values[0])
    if (operator === 'equals') [first, last] = [Math.max(first, at), Math.min(last, at)]
    if (LOWER.includes(operator)) first = Math.max(first, operator === 'greater-than' ? at + 1 : at)
    if (UPPER.includes(operator)) last = Math.min(last, operator === 'less-than' ? at - 1 : at)
  }
  return { first, last }
}

function futureBounds(conditions: readonly Checked[], { future, nowMs }: Offer): Problem[] {
  if (future === 'allowed') return []
  const refused = future === 'refused' ? [...LOWER, ...UPPER] : LOWER
  return conditions
    .filter((condition) => isTime(condition) && refused.includes(condition.operator))
    .filter(({ values }) => Number(values[0]) * 1000 > nowMs)
    .map(({ field, values }) => {
      const at = new Date(Number(values[0]) * 1000).toISOString().slice(0, 19)
      return badInput(`/data/attributes/${field}`, `End date may not be in the future: ${at}`)
    })
}
