import type { Sandbox } from '../../src/sandbox/index.ts'
import { type Operation, readSpec } from '../../src/sandbox/spec.ts'

export const { operations, revision } = readSpec()

/** One request that the sandbox can answer. */
export type Visit = Readonly<{ operation: Operation; id: string | null; filter: string | null }>

/** A filter that lists with a mandatory one are content with. */
export function requiredFilter(operation: Operation, sandbox: Sandbox): string | null {
  if (operation.path === '/api/campaigns') return "equals(messages.channel,'email')"
  if (operation.path === '/api/coupon-codes')
    return `any(coupon.id,${JSON.stringify(idsOf(sandbox, 'coupon', 20))})`
  return null
}

export function idsOf(sandbox: Sandbox, type: string, count: number): readonly string[] {
  const found: string[] = []
  for (const line of sandbox.truth(type)) {
    if (found.length === count) break
    found.push((JSON.parse(line) as { id: string }).id)
  }
  return found
}

const typeOfHome = new Map(
  operations
    .filter(({ path, idsOnly }) => !idsOnly && path.split('/').length === 4)
    .map(({ path, type }) => [path.split('/')[2], type]),
)

/** Every operation, with an id of a parent that exists where it needs one; null: the shop has none. */
export function visits(
  sandbox: Sandbox,
  idsPerOperation: number,
  wanted: readonly Operation[] = operations,
): readonly (Visit | null)[] {
  return wanted.flatMap((operation): readonly (Visit | null)[] => {
    const filter = requiredFilter(operation, sandbox)
    if (!operation.path.includes('{')) return [{ operation, id: null, filter }]
    const parent = typeOfHome.get(operation.path.split('/')[2]) ?? ''
    const ids = idsOf(sandbox, parent, idsPerOperation)
    return ids.length === 0 ? [null] : ids.map((id) => ({ operation, id, filter }))
  })
}

/** The path and query of a visit. `extra`: further parameters. */
export function target(
  { operation, id, filter }: Visit,
  extra: Readonly<Record<string, string>> = {},
): string {
  const path = operation.path.replace(/\{[^}]+\}/, encodeURIComponent(id ?? ''))
  const query = new URLSearchParams({ ...(filter === null ? {} : { filter }), ...extra }).toString()
  return query === '' ? path : `${path}?${query}`
}
