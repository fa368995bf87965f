import type { StageColumn } from '../model/stage.ts'
import type { NewColumns } from './engine.ts'
import { unwrapJson, unwrapText } from './mended.ts'
import { MORE } from './projection.ts'
import { quoteAnyText, quoteLiteral } from './quote.ts'
import { PATH_SEPARATOR } from './undeclared.ts'

/** Something that came and was not declared. */
export type Found = Readonly<{
  /** `attributes`, `location`, `altitude`. */
  path: readonly string[]
  /** What was seen of it in this batch. */
  hasObject: boolean
  hasArray: boolean
  rows: number
  exampleKey: string
}>

/** A column for it, and SQL that takes its value from a row of `withFound`. */
export type FoundColumn = Readonly<{ column: StageColumn; value: string; found: Found }>

export type FoundOptions = Readonly<{
  /** Names of declared columns. */
  taken: readonly string[]
  mended: boolean
  newColumns: NewColumns
}>

const PATHS = '_sluice_paths'
const VALUES = '_sluice_values'

/** The relation with what was found of each row as two lists, made once for all columns that take from them. */
export const withFound = (table: string): string => `(
  select *, rowid as row_number, list_transform(${MORE}, lambda e: e.path) as ${PATHS}, list_transform(${MORE}, lambda e: e.value) as ${VALUES}
  from ${table}
)`

/**
 * Names and types for what was found, in the order of the paths. Where it is more than there may be new columns, those
 * that the table has and then those that most rows have become columns; `rest` is what is left.
 */
export function foundColumns(
  found: readonly Found[],
  { taken, mended, newColumns }: FoundOptions,
): Readonly<{ columns: readonly FoundColumn[]; rest: readonly Found[] }> {
  const names = new Set(taken.map((name) => name.toLowerCase()))
  const all = found.map((each) => columnOf(each, names, mended))
  const known = new Set(newColumns.known.map((name) => name.toLowerCase()))
  const fresh = all.filter(({ column }) => !known.has(column.name))
  const room = Math.max(0, newColumns.limit - known.size)
  if (fresh.length <= room) return { columns: all, rest: [] }
  const beyond = new Set(fresh.toSorted((a, b) => b.found.rows - a.found.rows).slice(room))
  return {
    columns: all.filter((each) => !beyond.has(each)),
    rest: all.filter((each) => beyond.has(each)).map((each) => each.found),
  }
}

/**
 * SQL for a join that adds to each row of `table` one JSON object `as` of all that was found and is none of these
 * columns, in the order of the names. Row by row with a list function it takes ten times as long.
 */
export function joinTogether(
  table: string,
  { columns, as, mended }: Readonly<{ columns: readonly FoundColumn[]; as: string; mended: boolean }>,
): string {
  const own = columns.map(({ found }) => quoteAnyText(found.path.join(PATH_SEPARATOR)))
  const attributes = `attributes${PATH_SEPARATOR}`
  const name = `replace(if(starts_with(e.path, ${quoteLiteral(attributes)}), substr(e.path, ${attributes.length + 1}), e.path), ${quoteLiteral(PATH_SEPARATOR)}, '.')`
  const member = `concat(cast(to_json(${name}) as varchar), ':', cast(e.value as varchar))`
  const object = `cast(concat('{', string_agg(${member}, ',' order by e.path), '}') as json)`
  return `left join (
  select number, ${mended ? unwrapJson(object) : object} as ${as}
  from (select rowid as number, unnest(${MORE}) as e from ${table})
  ${own.length === 0 ? '' : `where e.path not in (${own.join(', ')})`}
  group by number
) on number = row_number`
}

function columnOf(found: Found, names: Set<string>, mended: boolean): FoundColumn {
  const { path, hasObject, hasArray } = found
  const raw = `${VALUES}[list_position(${PATHS}, ${quoteAnyText(path.join(PATH_SEPARATOR))})]`
  const json = (sql: string): string => (mended ? unwrapJson(sql) : sql)
  const text = (sql: string): string => (mended ? unwrapText(sql) : sql)
  const named = (suffix: string, type: StageColumn['type']): StageColumn => ({
    name: unique(snake(path, suffix), names),
    type,
  })
  if (path[0] === 'relationships')
    return hasArray
      ? { found, column: named('_ids', 'json'), value: `to_json(${raw} -> '$[*].id')` }
      : { found, column: named('_id', 'text'), value: `(${raw} ->> '/id')` }
  return hasObject || hasArray
    ? { found, column: named('', 'json'), value: json(raw) }
    : { found, column: named('', 'text'), value: text(`(${raw} ->> '$')`) }
}

/** `['attributes', 'lastSeenAt']` becomes `last_seen_at`. Letters and digits of every script stay. */
function snake(path: readonly string[], suffix: string): string {
  const words = path
    .slice(1)
    .join('_')
    .normalize('NFC')
    .replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1_$2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1_$2')
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, '_')
    // A leading underscore goes, so that nothing can look like a column of sluice's own.
    .replace(/^_+|_+$/g, '')
    .toLowerCase()
  return `${words === '' ? 'field' : words}${suffix}`
}

function unique(name: string, taken: Set<string>): string {
  let candidate = name
  for (let n = 2; taken.has(candidate); n++) candidate = `${name}_${n}`
  taken.add(candidate)
  return candidate
}
