import { UNFIT_COLUMN } from '../model/names.ts'
import type { Column } from '../model/table.ts'
import { duckPath } from './duck-path.ts'
import { jsonAt, textAt } from './json-sql.ts'
import { unwrapJson, unwrapText } from './mended.ts'
import { quoteIdentifier, quoteLiteral } from './quote.ts'
import { isStrict, strictValue } from './typed-value.ts'
import { undeclared } from './undeclared.ts'

/** What no column takes, as the first pass leaves it to the second. */
export const MORE = '_sluice_undeclared'

/** The place of a row's page among the files, from 1 on. */
export const PAGE = '_sluice_page'

/** Starts DuckDB's message about a page that is JSON, but no list of resources; the file's name follows. */
export const NO_DATA = 'sluice: no list of data in '

/** Starts DuckDB's message about a file that does not end as it was written; its name follows. */
export const EXCHANGED = 'sluice: exchanged '

export type ProjectionOptions = Readonly<{
  columns: readonly Column[]
  files: readonly string[]
  /** What each of the files ends in. */
  tags: readonly string[]
  /** Whether some page was rewritten (see mend.ts), so that numbers may be wrapped. */
  mended: boolean
}>

/**
 * A `select` that turns page files into rows: the declared columns, `_sluice_unfit`, `_sluice_undeclared`
 * and `_sluice_page`, in the order of the files and within them of the page.
 *
 * Measured with bench/engine/forms.mjs (DuckDB 1.5.6, one thread, into an in-memory table): CPU time per 100,000
 * events of 1.1 KB at 100, 20 and 5 pages a statement.
 *   209, 199, 222 ms    `read_text` + `from_json`, every field named: passes over what it was not told of
 *   399, 412, 456 ms    the same, and `json_keys` over attributes and relationships to find that
 *   252, 250, 296 ms    `from_json` with attributes and relationships as MAP, which hold it: this one
 *   321, 346, 371 ms    `read_json(columns = …, records = true)`, every field named
 *   618, 1272, 1658 ms  `read_json(columns = …)`, every field named
 */
export function projection({ columns, files, tags, mended }: ProjectionOptions): string {
  const parsed = columns.map(
    (column, i) => `${column.type === 'json' ? jsonOf(column) : textOf(column)} as t${i}`,
  )
  const list = files.map(quoteLiteral).join(', ')
  return `select
  ${[
    ...columns.map(({ name }, i) => `v${i} as ${quoteIdentifier(name)}`),
    `${unfit(columns, mended)} as ${UNFIT_COLUMN}`,
    `if(len(more) = 0, null, more) as ${MORE}`,
    PAGE,
  ].join(',\n  ')}
from (
  select
    *,
    ${columns.map((column, i) => `${valueOf(column, i, mended)} as v${i}`).join(',\n    ')}
  from (
    select
      ${[PAGE, 'r', ...parsed, `${undeclared(columns)} as more`].join(',\n      ')}
    from (
      select
        ${PAGE},
        unnest(if(page is null, error('${NO_DATA}' || filename), page)) as r
      from (
        select ${PAGE}, filename, from_json(whole, ${quoteLiteral(shape(columns))}).data as page
        from (
          select
            cast(list_position([${list}], filename) as integer) as ${PAGE},
            filename,
            if(ends_with(content, [${tags.map(quoteLiteral).join(', ')}][${PAGE}]), content, error('${EXCHANGED}' || filename)) as whole
          from ${readText(files)}
        )
      )
    )
  )
)`
}

/** The files as a table `(filename, content, …)`. One that is not there is passed over without a word. */
export const readText = (files: readonly string[]): string =>
  `read_text([${files.map((file) => quoteLiteral(duckPath(file))).join(', ')}])`

/** Members that are text by the standard come without a detour over JSON. */
const isIdentity = ({ path, type }: Column): boolean =>
  type === 'text' && path.length === 1 && (path[0] === 'id' || path[0] === 'type')

function shape(columns: readonly Column[]): string {
  const members = new Map<string, string>()
  const ofRelationship = new Set(['data'])
  for (const column of columns) {
    const [member = '', , part] = column.path
    if (member === 'relationships' && part !== undefined) ofRelationship.add(part)
    members.set(member, isIdentity(column) ? 'VARCHAR' : 'JSON')
  }
  const parts = [...ofRelationship].map((part) => `${quoteIdentifier(part)} JSON`)
  members.set('attributes', 'MAP(VARCHAR, JSON)')
  members.set('relationships', `MAP(VARCHAR, STRUCT(${parts.join(', ')}))`)
  return JSON.stringify({ data: [Object.fromEntries(members)] })
}

/** Where a column's value hangs, as SQL of type JSON, and the path that is left to follow from there. */
function rootOf({ path }: Column): Readonly<{ json: string; rest: readonly string[] }> {
  const [member = '', name, part, ...rest] = path
  if (member === 'attributes' && name !== undefined)
    return { json: `r.attributes[${quoteLiteral(name)}]`, rest: path.slice(2) }
  if (member === 'relationships' && name !== undefined && part !== undefined)
    return { json: `r.relationships[${quoteLiteral(name)}].${quoteIdentifier(part)}`, rest }
  return { json: `r.${quoteIdentifier(member)}`, rest: path.slice(1) }
}

function jsonOf(column: Column): string {
  const { json, rest } = rootOf(column)
  return jsonAt(json, rest)
}

function textOf(column: Column): string {
  const { json, rest } = rootOf(column)
  return isIdentity(column) ? json : textAt(json, rest)
}

function valueOf({ type }: Column, i: number, mended: boolean): string {
  if (type === 'json') return mended ? unwrapJson(`t${i}`) : `t${i}`
  const text = mended ? unwrapText(`t${i}`) : `t${i}`
  return isStrict(type) ? strictValue(type, text) : text
}

/** Values that came and were refused, by column name. They are few, so their JSON is taken from `r` again. */
function unfit(columns: readonly Column[], mended: boolean): string {
  const refused = columns.flatMap((column, i) =>
    isStrict(column.type) ? [{ column, test: `(t${i} is not null and v${i} is null)` }] : [],
  )
  if (refused.length === 0) return 'cast(null as json)'
  const pairs = refused.map(
    ({ column, test }) =>
      `struct_pack(name := ${quoteLiteral(column.name)}, value := case when ${test} then ${jsonOf(column)} end)`,
  )
  const object = `to_json(map_from_entries(list_filter([${pairs.join(', ')}], lambda e: e.value is not null)))`
  return `case when ${refused.map(({ test }) => test).join(' or ')} then ${mended ? unwrapJson(object) : object} end`
}
