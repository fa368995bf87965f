import { ACCOUNT_COLUMN, MORE_COLUMN, SYNCED_AT_COLUMN, UNFIT_COLUMN } from '../model/names.ts'
import { SluiceError } from '../model/errors.ts'
import type { Stage, StageColumn } from '../model/stage.ts'
import type { Connection } from './driver.ts'
import { NEW_COLUMNS_LIMIT } from './engine.ts'
import type { StageRequest } from './engine.ts'
import { explainEngineError, isMalformed, kindOf } from './errors.ts'
import { findUnfit, halfCharacters, keyText, withoutNul } from './altered.ts'
import { foundColumns, joinTogether, withFound, type Found } from './found-columns.ts'
import { cursorColumn, deleteOlderTwins, hasTwins, deleteOutside } from './newest.ts'
import { Pages } from './pages.ts'
import { MORE, PAGE, projection, readText } from './projection.ts'
import { quoteIdentifier, quoteLiteral } from './quote.ts'
import { duckTypes } from './typed-value.ts'
import { PATH_SEPARATOR } from './undeclared.ts'
import { UnloadablePage } from './unloadable.ts'

export type StageTools = Readonly<{
  connection: Connection
  relation: string
  tempDirectory: string
  /** Lets DuckDB have the memory that a table of so many columns takes. */
  makeRoom: (columns: number) => Promise<void>
}>

/** Turns landed pages into a table of typed rows, newest per key. */
export async function stagePages(request: StageRequest, tools: StageTools): Promise<Stage> {
  const { connection, relation } = tools
  const held: { pages: Pages | null } = { pages: null }
  try {
    const pages = await Pages.prepare(request.files, { directory: tools.tempDirectory, prefix: relation })
    held.pages = pages
    return await stagePrepared(request, pages, tools)
  } catch (error) {
    await connection.run(`drop table if exists ${quoteIdentifier(relation)}`).catch(() => undefined)
    throw await reasonOf(error, held.pages, { request, tools })
  } finally {
    await held.pages?.[Symbol.asyncDispose]()
  }
}

async function stagePrepared(request: StageRequest, pages: Pages, tools: StageTools): Promise<Stage> {
  const { connection, relation } = tools
  await readPages(request, pages, tools)
  await checkCounts(pages, tools)
  await keepWindows(request, pages, tools)
  await keepNewest(request, pages, tools)
  const finished = await finish(request, pages, tools)
  const [[rows] = []] = await connection.query(`select count(*) from ${quoteIdentifier(relation)}`)
  return { relation, ...finished, rows: Number(rows) }
}

/** What to tell of a failure: the page that is to blame, where there is one. */
async function reasonOf(
  error: unknown,
  pages: Pages | null,
  { request, tools }: Readonly<{ request: StageRequest; tools: StageTools }>,
): Promise<unknown> {
  try {
    pages?.checkUntouched()
  } catch (touched) {
    return touched
  }
  const explained = explainEngineError(error, (file) => pages?.originalOf(file) ?? file)
  if (explained instanceof SluiceError) return explained
  const [page, ...others] = request.files
  if (page === undefined) return explained
  if (others.length === 0)
    return new UnloadablePage(page.file, `cannot be typed (${kindOf(error)})`, { cause: error })
  for (const [index, file] of request.files.entries()) {
    const relation = `${tools.relation}_alone_${index}`
    try {
      await stagePages({ ...request, files: [file] }, { ...tools, relation })
      await tools.connection.run(`drop table ${quoteIdentifier(relation)}`)
    } catch (alone) {
      return alone
    }
  }
  return explained
}

async function readPages(request: StageRequest, pages: Pages, tools: StageTools): Promise<void> {
  const { connection, relation } = tools
  const { columns, account, syncedAtMs } = request
  const own = `${quoteLiteral(account)} as ${ACCOUNT_COLUMN}, make_timestamptz(${syncedAtMs} * 1000) as ${SYNCED_AT_COLUMN}`
  const read = (): Promise<void> =>
    connection.run(
      pages.files.length === 0
        ? `create table ${quoteIdentifier(relation)} as select ${emptyColumns(request)} limit 0`
        : `create table ${quoteIdentifier(relation)} as
select * exclude (${UNFIT_COLUMN}, ${MORE}, ${PAGE}), ${own}, ${UNFIT_COLUMN}, ${MORE}, ${PAGE}
from (${projection({ columns, ...pages.sources })})`,
    )
  try {
    await read()
  } catch (error) {
    if (!isMalformed(error)) throw error
    const malformed = await malformedOf(pages.files, connection)
    if (!(await pages.mendThese(malformed, relation))) throw error
    const beyondHelp = await malformedOf(pages.files, connection)
    if (beyondHelp[0] !== undefined)
      throw new UnloadablePage(pages.originalOf(beyondHelp[0]), 'is not JSON', { cause: error })
    await read()
  }
}

async function malformedOf(files: readonly string[], connection: Connection): Promise<readonly string[]> {
  const rows = await connection.query(`select filename from ${readText(files)} where not json_valid(content)`)
  return rows.map(([file]) => String(file))
}

function emptyColumns({ columns }: StageRequest): string {
  const all: readonly StageColumn[] = [
    ...columns,
    { name: ACCOUNT_COLUMN, type: 'text' },
    { name: SYNCED_AT_COLUMN, type: 'timestamp' },
    { name: UNFIT_COLUMN, type: 'json' },
  ]
  const typed = all.map(({ name, type }) => `cast(null as ${duckTypes[type]}) as ${quoteIdentifier(name)}`)
  return [
    ...typed,
    `cast(null as struct(path varchar, value json)[]) as ${MORE}`,
    `cast(null as integer) as ${PAGE}`,
  ].join(', ')
}

/** Every row that was counted when its page landed has been read, or nothing of the batch counts as read. */
async function checkCounts(pages: Pages, { connection, relation }: StageTools): Promise<void> {
  const rows = await connection.query(
    `select coalesce(${PAGE}, 0), count(*) from ${quoteIdentifier(relation)} group by 1`,
  )
  const counts = new Map(rows.map(([page, count]) => [Number(page), Number(count)]))
  pages.checkUntouched()
  if (counts.has(0))
    throw new SluiceError('bug', 'DuckDB read a file that it was not given. Please report this.')
  for (const [index, landed] of pages.landed.entries()) {
    const count = counts.get(index + 1) ?? 0
    if (count !== landed.rows)
      throw new UnloadablePage(
        landed.file,
        `had ${landed.rows} rows when it landed, and ${count} were found in it`,
      )
  }
}

async function keepWindows(
  { columns, cursor }: StageRequest,
  pages: Pages,
  { connection, relation }: StageTools,
): Promise<void> {
  const column = cursorColumn(columns, cursor)
  const sql =
    column === null
      ? null
      : deleteOutside(
          relation,
          column,
          pages.landed.map(({ keep }) => keep),
        )
  if (sql !== null) await connection.run(sql)
}

async function keepNewest(
  { key, columns, cursor }: StageRequest,
  pages: Pages,
  { connection, relation }: StageTools,
): Promise<void> {
  const missing = key.map((name) => `${quoteIdentifier(name)} is null`).join(' or ')
  const [withoutKey, twins] = [
    await connection.query(`select ${PAGE} from ${quoteIdentifier(relation)} where ${missing} limit 1`),
    await connection.query(hasTwins(relation, key)),
  ]
  const [[page] = []] = withoutKey
  if (page !== undefined)
    throw new UnloadablePage(
      pages.landed[Number(page) - 1]?.file ?? '',
      `has a row without "${key.join('", "')}", which cannot be merged`,
    )
  if (twins.length > 0) await connection.run(deleteOlderTwins(relation, key, cursorColumn(columns, cursor)))
}

/** Gives the stage its final columns: what was found, and what does not fit, where there is any. */
async function finish(
  { columns, key, newColumns = { limit: NEW_COLUMNS_LIMIT, known: [] } }: StageRequest,
  { mended, halves }: Pages,
  { connection, relation, makeRoom }: StageTools,
): Promise<Pick<Stage, 'columns' | 'altered' | 'together'>> {
  const table = quoteIdentifier(relation)
  const [[unfitRows, rowsWithMore] = []] = await connection.query(
    `select count(${UNFIT_COLUMN}), count(${MORE}) from ${table}`,
  )
  const found = Number(rowsWithMore) === 0 ? [] : await findUndeclared(connection, table, key)
  const taken = columns.map(({ name }) => name)
  const { columns: extra, rest } = foundColumns(found, { taken, mended, newColumns })
  await makeRoom(columns.length + extra.length + newColumns.known.length)
  const beside: readonly StageColumn[] = [
    ...(rest.length > 0 ? [{ name: MORE_COLUMN, type: 'json' } as const] : []),
    ...(Number(unfitRows) > 0 ? [{ name: UNFIT_COLUMN, type: 'json' } as const] : []),
  ]
  const unfit = Number(unfitRows) > 0 ? await findUnfit(connection, table, key) : []
  if (extra.length === 0 && beside.length === 0) {
    for (const column of [PAGE, MORE, UNFIT_COLUMN])
      await connection.run(`alter table ${table} drop column ${column}`)
  } else {
    const values = [
      ...taken.map(quoteIdentifier),
      ...extra.map(({ column, value }) => `${value} as ${quoteIdentifier(column.name)}`),
      ...(rest.length > 0 ? [MORE_COLUMN] : []),
      ...(unfit.length > 0 ? [UNFIT_COLUMN] : []),
      ACCOUNT_COLUMN,
      SYNCED_AT_COLUMN,
    ]
    const wider = quoteIdentifier(`${relation}_wider`)
    const join = rest.length > 0 ? joinTogether(table, { columns: extra, as: MORE_COLUMN, mended }) : ''
    await connection.run(
      `create table ${wider} as select ${values.join(', ')} from ${withFound(table)} ${join}`,
    )
    await connection.run(`drop table ${table}`)
    await connection.run(`alter table ${wider} rename to ${table}`)
  }
  return {
    columns: [
      ...columns.map(({ name, type }) => ({ name, type })),
      ...extra.map(({ column }) => column),
      ...beside,
      { name: ACCOUNT_COLUMN, type: 'text' },
      { name: SYNCED_AT_COLUMN, type: 'timestamp' },
    ],
    altered: [...unfit, ...withoutNul(extra), ...halfCharacters(halves, columns, extra)],
    together: rest.length,
  }
}

async function findUndeclared(
  connection: Connection,
  table: string,
  key: readonly string[],
): Promise<readonly Found[]> {
  const rows = await connection.query(`select
  m.path,
  bool_or(json_type(m.value) = 'OBJECT'),
  bool_or(json_type(m.value) = 'ARRAY'),
  count(*),
  min(key)
from (select ${keyText(key)} as key, unnest(${MORE}) as m from ${table})
group by m.path
order by m.path`)
  return rows.map(([path, hasObject, hasArray, count, example]) => ({
    path: String(path).split(PATH_SEPARATOR),
    hasObject: hasObject === true,
    hasArray: hasArray === true,
    rows: Number(count),
    exampleKey: String(example),
  }))
}
