import type { Column } from '../model/table.ts'
import { jsonAt } from './json-sql.ts'
import { quoteLiteral } from './quote.ts'

/** Between the names of a path in `_sluice_undeclared`: a character that no JSON:API member name may contain. */
export const PATH_SEPARATOR = '\u001f'

type Path = readonly string[]

/**
 * SQL for the list of what no column takes of a resource `r`, as `{path, value}`; an empty list is the rule.
 * Attributes, relationships with data, and members of objects that are read member by member (`--flatten`).
 */
export function undeclared(columns: readonly Column[]): string {
  return `list_concat(${[
    entries({
      of: 'r.relationships',
      value: 'e.value.data',
      path: ['relationships'],
      known: childrenOf(columns, ['relationships']),
    }),
    ...openObjects(columns).map((path) =>
      entries({ of: mapAt(path), value: 'e.value', path, known: childrenOf(columns, path) }),
    ),
    ...openObjects(columns).slice(1).map(scalarAt),
  ].join(',\n        ')})`
}

/** Objects of which single members are columns: `attributes`, and deeper ones that no column takes whole. */
function openObjects(columns: readonly Column[]): readonly Path[] {
  const found = new Map<string, Path>([['attributes', ['attributes']]])
  const whole = new Set(columns.map(({ path }) => path.join(PATH_SEPARATOR)))
  for (const { path } of columns) {
    for (let depth = 2; path[0] === 'attributes' && depth < path.length && path[depth] !== '*'; depth++) {
      const parent = path.slice(0, depth)
      if (whole.has(parent.join(PATH_SEPARATOR))) break
      found.set(parent.join(PATH_SEPARATOR), parent)
    }
  }
  return [...found.values()]
}

const childrenOf = (columns: readonly Column[], parent: Path): readonly string[] => [
  ...new Set(
    columns.flatMap(({ path }) => {
      const child = path[parent.length]
      return child !== undefined && parent.every((name, i) => path[i] === name) ? [child] : []
    }),
  ),
]

const objectAt = ([, name = '', ...rest]: Path): string => jsonAt(`r.attributes[${quoteLiteral(name)}]`, rest)

const mapAt = (path: Path): string =>
  path.length === 1 ? 'r.attributes' : `from_json(${objectAt(path)}, '"MAP(VARCHAR, JSON)"')`

function entries(
  from: Readonly<{ of: string; value: string; path: Path; known: readonly string[] }>,
): string {
  const isNew =
    from.known.length === 0 ? '' : ` and e.key not in (${from.known.map(quoteLiteral).join(', ')})`
  const prefix = quoteLiteral([...from.path, ''].join(PATH_SEPARATOR))
  return `list_transform(
          list_filter(map_entries(${from.of}), lambda e: ${from.value} is not null${isNew}),
          lambda e: struct_pack(path := concat(${prefix}, e.key), value := ${from.value}))`
}

/** What should be an object and is not would vanish with its members. */
const scalarAt = (path: Path): string =>
  `case when json_type(${objectAt(path)}) not in ('OBJECT', 'NULL')
          then [struct_pack(path := ${quoteLiteral(path.join(PATH_SEPARATOR))}, value := ${objectAt(path)})] end`
