import { spellsDatesWithBlank } from '../differences.ts'
import type { Query } from '../query.ts'
import type { Routes } from '../routes.ts'
import type { Operation, Shape } from '../spec.ts'
import type { ResourceFormat } from './resource.ts'

/** Relations whose ids come without being asked for (recorded). All others do only when included. */
const ALWAYS: Readonly<Record<string, readonly string[]>> = {
  event: ['profile', 'metric'],
  campaign: ['campaign-messages'],
}

/** What every answer of one sandbox shares. */
export type AnswerSettings = Readonly<{
  routes: Routes
  /** Start of every link. */
  linkOrigin: string
  extra: (type: string) => Readonly<Record<string, unknown>>
  /** Attributes that any operation offers as additional fields, by type. */
  costly: ReadonlyMap<string, readonly string[]>
}>

/** Collects what `additional-fields` can switch on, over all operations. */
export function costlyAttributes(operations: readonly Operation[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>()
  for (const { additionalFields } of operations) {
    for (const [type, names] of Object.entries(additionalFields)) {
      found.set(type, [...new Set([...(found.get(type) ?? []), ...names])])
    }
  }
  return found
}

/** How the answer to a query writes resources of that shape. */
export function formatFor(
  shape: Shape,
  query: Pick<Query, 'fields' | 'additional'>,
  embedded: readonly string[],
  revision: string,
  { routes, linkOrigin, extra, costly }: AnswerSettings,
): ResourceFormat {
  const { type } = shape
  const asked = query.additional.get(type) ?? []
  return {
    shape,
    home: linkOrigin + routes.home(type),
    fields: query.fields.get(type) ?? null,
    withheld: new Set((costly.get(type) ?? []).filter((name) => !asked.includes(name))),
    embedded: new Set([...(ALWAYS[type] ?? []), ...embedded]),
    extra: extra(type),
    blankDates: spellsDatesWithBlank(revision),
  }
}
