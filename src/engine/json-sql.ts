import { quoteLiteral } from './quote.ts'

/** SQL for a member of a JSON value, as JSON; a wildcard gives a JSON array. Null where there is none. */
export function jsonAt(json: string, path: readonly string[]): string {
  if (path.length === 0) return json
  return path.includes('*')
    ? `to_json(${json} -> ${quoteLiteral(jsonPath(path))})`
    : `(${json} -> ${quoteLiteral(pointer(path))})`
}

/** The same as text: strings without their quotes, anything else as its JSON. */
export const textAt = (json: string, path: readonly string[]): string =>
  path.includes('*')
    ? `(${jsonAt(json, path)} ->> '$')`
    : `(${json} ->> ${quoteLiteral(path.length === 0 ? '$' : pointer(path))})`

/** A JSON pointer takes every name; a JSON path, which alone has wildcards, has no way to write some. */
const pointer = (path: readonly string[]): string =>
  path.map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

const jsonPath = (path: readonly string[]): string =>
  `$${path.map((name) => (name === '*' ? '[*]' : `."${name}"`)).join('')}`
