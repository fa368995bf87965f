import type { Operation } from './spec.ts'
import { withoutSlashes } from './target.ts'

/** An operation with the ids of its path, decoded. */
export type Route = Readonly<{
  operation: Operation
  id: string | null
  relation: string | null
  parentType: string | null
}>

export type Routes = Readonly<{
  /** Null: no such endpoint. */
  find: (path: string) => Route | null
  /** `event` → `/api/events` */
  home: (type: string) => string
  /** Every shape that a resource type appears in. */
  shapesOf: (type: string) => readonly Operation['shape'][]
}>

/** Matches request paths, with or without a slash at the end, against the operations. */
export function buildRoutes(operations: readonly Operation[]): Routes {
  const byPattern = new Map(operations.map((operation) => [pattern(operation.path), operation]))
  const homes = new Map<string, string>()
  for (const { path, type, idsOnly } of operations) {
    const segments = path.split('/')
    if (segments.length === 4 && !idsOnly) homes.set(type, segments.slice(0, 3).join('/'))
  }
  const types = new Map([...homes].map(([type, home]) => [home, type]))

  return {
    find: (path) => {
      const segments = withoutSlashes(path).split('/')
      const [, api, collection, id, third, fourth] = segments
      if (api !== 'api' || collection === undefined || segments.length > 6) return null
      const shape = segments.map((segment, at) => (at === 3 ? '{}' : segment)).join('/')
      const operation = byPattern.get(shape)
      if (operation === undefined) return null
      return {
        operation,
        id: id === undefined ? null : decoded(id),
        relation: fourth ?? third ?? null,
        parentType: types.get(`/api/${collection}`) ?? null,
      }
    },
    home: (type) => homes.get(type) ?? `/api/${type}s`,
    shapesOf: (type) =>
      operations
        .flatMap(({ shape, included }) => [shape, ...included])
        .filter((shape) => shape.type === type),
  }
}

const pattern = (path: string): string => path.replace(/\{[^}]+\}/, '{}')

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
