import { readFileSync } from 'node:fs'

/** Requests in fixed windows of a second, a minute and, where set, a day. */
export type Rate = Readonly<{ perSecond: number; perMinute: number; perDay?: number }>

/** What one filter field takes: operators with one value, operators with a list, and of which type. */
export type FilterField = Readonly<{
  single: readonly string[]
  list: readonly string[]
  type: 'string' | 'date-time' | 'number' | 'integer' | 'boolean' | 'none'
  values?: readonly string[]
}>

/** What a resource may hold in an answer. */
export type Shape = Readonly<{
  type: string
  /** Name → may be null. */
  attributes: Readonly<Record<string, boolean>>
  hasAttributes: boolean
  hasLinks: boolean
  relationships: Readonly<Record<string, Readonly<{ many: boolean; type: string }>>>
}>

/** One readable operation of Klaviyo's API. */
export type Operation = Readonly<{
  /** Klaviyo's own name: `get_events`. */
  id: string
  /** `/api/lists/{id}/profiles` */
  path: string
  many: boolean
  /** A relationship endpoint: `{type, id}` pairs. */
  idsOnly: boolean
  type: string
  shape: Shape
  included: readonly Shape[]
  scopes: readonly string[]
  rate: Rate
  reduced: readonly Readonly<{ parameter: string; value: string; rate: Rate }>[]
  /** Null: one answer holds all. `size: null`: only a cursor. `rows`: what prose says a page holds. */
  paging: Readonly<{
    rows: number | null
    size: Readonly<{ min: number; default: number; max: number }> | null
  }> | null
  filter: Readonly<{ required: boolean; fields: Readonly<Record<string, FilterField>> }> | null
  /** Both directions: `created`, `-created`. */
  sorts: readonly string[]
  includes: readonly string[]
  /** Resource type → names that `fields[type]` takes. */
  fields: Readonly<Record<string, readonly string[]>>
  additionalFields: Readonly<Record<string, readonly string[]>>
}>

type Compiled = Readonly<{
  revision: string
  operations: readonly (Omit<Operation, 'shape' | 'included' | 'fields' | 'additionalFields'> &
    Readonly<{
      shape: number
      included: readonly number[]
      fields: Readonly<Record<string, number>>
      additionalFields: Readonly<Record<string, number>>
    }>)[]
  enums: readonly (readonly string[])[]
  shapes: readonly Shape[]
}>

/** Reads `spec.generated.json`, which `scripts/compile-sandbox-spec.mjs` writes. */
export function readSpec(): Readonly<{ revision: string; operations: readonly Operation[] }> {
  const text = readFileSync(new URL('./spec.generated.json', import.meta.url), 'utf8')
  const { revision, operations, enums, shapes } = JSON.parse(text) as Compiled
  const shapeAt = (index: number): Shape => at(shapes, index)
  const named = (byType: Readonly<Record<string, number>>): Record<string, readonly string[]> =>
    Object.fromEntries(Object.entries(byType).map(([type, index]) => [type, at(enums, index)]))
  return {
    revision,
    operations: operations.map((operation) => ({
      ...operation,
      shape: shapeAt(operation.shape),
      included: operation.included.map(shapeAt),
      fields: named(operation.fields),
      additionalFields: named(operation.additionalFields),
    })),
  }
}

function at<T>(list: readonly T[], index: number): T {
  const value = list[index]
  if (value === undefined)
    throw new Error(`spec.generated.json refers to entry ${index}, which it does not have`)
  return value
}
