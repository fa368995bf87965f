import type { Altered } from '../model/run-event.ts'
import type { Stage, StageColumn } from '../model/stage.ts'
import type { Connection } from './driver.ts'
import type { Copied, CopyFormat, CopyOptions, CsvSpelling } from './engine.ts'
import { quoteIdentifier, quoteLiteral } from './quote.ts'

/** What a stage is copied with. */
export type CopyRequest = Readonly<{ stage: Stage; file: string; format: CopyFormat; options: CopyOptions }>

/** With an offset of minutes, which every database reads that reads one at all, where DuckDB writes `+00`. */
const POSTGRES: CsvSpelling = { nothing: '', instant: '%Y-%m-%d %H:%M:%S.%f+00:00', yes: 'true', no: 'false' }

/** Writes a stage to a file, and counts by column the values that had to give up NUL characters. */
export async function copyStage(connection: Connection, request: CopyRequest): Promise<Copied> {
  const altered = request.options.withoutNul === true ? await findNul(connection, request) : []
  await connection.run(copySql(request, altered.length > 0))
  return { withoutNul: altered.reduce((sum, { rows }) => sum + rows, 0), altered }
}

/** The statement; `stripping` says whether to leave out NUL characters. */
export function copySql({ stage, file, format, options }: CopyRequest, stripping: boolean): string {
  const csv = options.csv ?? POSTGRES
  const values = stage.columns.map((column) => {
    const name = quoteIdentifier(column.name)
    const value = stripping ? stripped(column) : name
    return format === 'csv' ? `${csvValue(column, value, csv)} as ${name}` : `${value} as ${name}`
  })
  return `copy (
  select ${values.join(', ')}
  from ${rowsOf(stage, options)}
) to ${quoteLiteral(file)} (${format === 'csv' ? csvOptions(stage, csv) : 'format parquet, compression zstd'})`
}

/** Rows that were deleted left gaps among the row ids, so the last part has no end. */
function rowsOf({ relation, rows }: Stage, { part }: CopyOptions): string {
  const table = quoteIdentifier(relation)
  if (part === undefined) return table
  const size = Math.ceil(rows / part.of)
  const end = part.number === part.of - 1 ? '' : ` and rowid < ${(part.number + 1) * size}`
  return `${table} where rowid >= ${part.number * size}${end}`
}

/**
 * Text is always quoted, so that an empty string ("") differs from null (nothing), and so that a value that
 * reads like the end of data (\.) is none.
 */
const csvOptions = ({ columns }: Stage, { nothing }: CsvSpelling): string => {
  const quoted = columns.filter(({ type }) => type === 'text' || type === 'json')
  const force =
    quoted.length === 0 ? '' : `, force_quote (${quoted.map(({ name }) => quoteIdentifier(name)).join(', ')})`
  return `format csv, header false, delimiter ',', quote '"', escape '"', nullstr ${quoteLiteral(nothing)}${force}`
}

function csvValue({ type }: StageColumn, value: string, { instant, yes, no }: CsvSpelling): string {
  if (type === 'timestamp') return `strftime(${value}, ${quoteLiteral(instant)})`
  if (type === 'boolean')
    return `case ${value} when true then ${quoteLiteral(yes)} when false then ${quoteLiteral(no)} end`
  return value
}

/** In JSON, `\u0000` is a NUL unless the backslash is itself escaped. */
const NUL_IN_JSON = String.raw`(^|[^\\])((?:\\\\)*)\\u0000`

async function findNul(connection: Connection, { stage, options }: CopyRequest): Promise<readonly Altered[]> {
  const tests = stage.columns.flatMap(({ name, type }) => {
    const value = quoteIdentifier(name)
    if (type === 'text') return [{ name, test: `contains(${value}, chr(0))` }]
    if (type !== 'json') return []
    const text = `cast(${value} as varchar)`
    const test = `contains(${text}, '\\u0000') and regexp_matches(${text}, ${quoteLiteral(NUL_IN_JSON)})`
    return [{ name, test }]
  })
  if (tests.length === 0) return []
  const rows = rowsOf(stage, options)
  const [counts = []] = await connection.query(
    `select ${tests.map(({ test }) => `count(*) filter (where ${test})`).join(', ')} from ${rows}`,
  )
  const hit = tests.flatMap((each, i) =>
    Number(counts[i]) === 0 ? [] : [{ ...each, rows: Number(counts[i]) }],
  )
  if (hit.length === 0) return []
  // Only now, as they are few: every test reads all of a column.
  const key = stage.columns.some(({ name }) => name === 'id') ? 'cast("id" as varchar)' : `''`
  const [keys = []] = await connection.query(
    `select ${hit.map(({ test }) => `min(${key}) filter (where ${test})`).join(', ')} from ${rows}`,
  )
  return hit.map(({ name, rows: count }, i) => ({
    kind: 'nul',
    column: name,
    rows: count,
    exampleKey: String(keys[i]).replaceAll('\0', ''),
  }))
}

function stripped({ name, type }: StageColumn): string {
  const value = quoteIdentifier(name)
  if (type === 'text') return `replace(${value}, chr(0), '')`
  if (type !== 'json') return value
  // Two NULs in a row share the character between them, so one pass would leave every other one.
  const once = (text: string): string =>
    `regexp_replace(${text}, ${quoteLiteral(NUL_IN_JSON)}, '\\1\\2', 'g')`
  return `cast(${once(once(`cast(${value} as varchar)`))} as json)`
}
