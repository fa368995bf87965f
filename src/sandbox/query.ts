import { fingerprint, type Position, readCursor } from './cursor.ts'
import { defaultRows, offersFilter, offersInclude, pageSize } from './differences.ts'
import { badParameter, type Problem, Refusal, unknownField } from './errors.ts'
import { type Checked, checkFilter } from './filter/check.ts'
import { filterProblems, futureBoundsOf } from './filter/rules.ts'
import { own } from './own.ts'
import type { Operation } from './spec.ts'

/** A request's parameters, every one of them known, allowed and typed. */
export type Query = Readonly<{
  conditions: readonly Checked[]
  sort: Readonly<{ field: string; descending: boolean }> | null
  size: number
  position: Position | null
  /** What cursors of this query carry. */
  tie: string
  includes: readonly string[]
  /** Resource type → sparse fieldset. */
  fields: ReadonlyMap<string, readonly string[]>
  /** Resource type → costly attributes that were asked for. */
  additional: ReadonlyMap<string, readonly string[]>
}>

type Context = Readonly<{ operation: Operation; revision: string; account: string; nowMs: number }>

/** Throws all that is wrong with the parameters as one refusal. `path`: as requested, ids filled in. */
export function readQuery(parameters: URLSearchParams, path: string, context: Context): Query {
  const { operation, revision, account } = context
  const problems: Problem[] = []
  const fields = new Map<string, readonly string[]>()
  const additional = new Map<string, readonly string[]>()
  let includes: readonly string[] = []
  let size = defaultRows(operation)
  let cursor: string | null = null
  let sort: Query['sort'] = null
  // Of a parameter that comes twice the last one counts, in the loop below as well.
  const last = (name: string): string | null => parameters.getAll(name).at(-1) ?? null

  for (const [name, value] of parameters) {
    const [, group, type = ''] = /^(fields|additional-fields)\[([^\]]*)\]$/.exec(name) ?? []
    const offered = own(group === 'fields' ? operation.fields : operation.additionalFields, type)
    const bounds = name === 'page[size]' ? pageSize(operation, revision) : null
    if (group !== undefined && offered !== undefined) {
      const names = split(value)
      const unknown = names.filter((each) => !offered.includes(each))
      problems.push(...unknown.map((each) => unknownField(name, each, type)))
      if (group === 'fields') fields.set(type, names)
      else additional.set(type, names)
    } else if (name === 'include' && operation.includes.length > 0) {
      includes = split(value)
      const unknown = includes.filter((each) => !offersInclude(operation, each, revision))
      problems.push(
        ...unknown.map((each) =>
          badParameter('include', `'${each}' is not a valid include for the resource '${operation.type}'.`),
        ),
      )
    } else if (name === 'sort' && operation.sorts.length > 0) {
      if (operation.sorts.includes(value)) {
        sort = { field: value.replace(/^-/, ''), descending: value.startsWith('-') }
      } else {
        problems.push(
          badParameter('sort', `'${value}' is not a valid sort for the resource '${operation.type}'.`),
        )
      }
    } else if (bounds !== null) {
      size = Number(value)
      if (!/^\d+$/.test(value) || size < bounds.min || size > bounds.max) {
        problems.push(
          badParameter('page_size', `Page size must be an integer between ${bounds.min} and ${bounds.max}.`),
        )
      }
    } else if (name === 'page[cursor]' && operation.paging !== null) {
      cursor = value
    } else if (name !== 'filter' || operation.filter === null) {
      const plain = name.replace(/^([^[]*)\[(.*)\]$/s, '$1_$2')
      problems.push(unknownField(plain, plain, operation.type))
    }
  }

  const filter = readFilter(last('filter'), context)
  problems.push(...filter.problems, ...filterProblems(operation, filter.conditions, sort))
  if (problems.length > 0) throw new Refusal(problems)

  const tie = fingerprint(account, path, last('filter') ?? '', last('sort') ?? '')
  const position = cursor === null ? null : readCursor(cursor, tie)
  return { conditions: filter.conditions, sort, size, position, tie, includes, fields, additional }
}

function readFilter(
  text: string | null,
  { operation, revision, nowMs }: Context,
): ReturnType<typeof checkFilter> {
  if (text === null || operation.filter === null) return { conditions: [], problems: [] }
  const fields = Object.fromEntries(
    Object.entries(operation.filter.fields).filter(([field]) => offersFilter(operation, field, revision)),
  )
  return checkFilter(text, { type: operation.type, fields, future: futureBoundsOf(operation), nowMs })
}

const split = (value: string): readonly string[] =>
  [...new Set(value.split(','))].filter((each) => each !== '')
