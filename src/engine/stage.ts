import { ACCOUNT_COLUMN, SYNCED_AT_COLUMN, UNFIT_COLUMN } from '../model/names.ts'
import { SluiceError } from '../model/errors.ts'
import type { Stage, StageColumn } from '../model/stage.ts'
import type { Connection } from './driver.ts'
import type { StageRequest } from './engine.ts'
import { explainEngineError, isMalformed } from './errors.ts'
import { foundColumns, type Found } from './found-columns.ts'
import { cursorColumn, deleteOlderTwins, hasTwins, deleteOutside } from './newest.ts'
import { Pages } from './pages.ts'
import { MORE, PAGE, projection } from './projection.ts'
import { quoteIdentifier, quoteLiteral } from './quote.ts'
import { duckTypes } from './typed-value.ts'
import { PATH_SEPARATOR } from './undeclared.ts'

export type StageTools = Readonly<{ connection: Connection; relation: string; tempDirectory: string }>

/** Turns landed pages into a table of typed rows, newest per key. */
export async function stagePages(request: StageRequest, tools: StageTools): Promise<Stage> {
  const { connection, relation, tempDirectory } = tools
  await using pages = await Pages.prepare(request.files, { directory: tempDirectory, prefix: relation })
  try {
    await readPages(request, pages, tools)
    await keepWindows(request, pages, tools)
    await keepNewest(request, tools)
    const columns = await finish(request, pages, tools)
    const [[rows] = []] = await connection.query(`select count(*) from ${quoteIdentifier(relation)}`)
    return { relation, columns, rows: Number(rows) }
  } catch (error) {
    await connection.run(`drop table if exists ${quoteIdentifier(relation)}`).catch(() => undefined)
    throw explainEngineError(error, (file) => pages.originalOf(file))
  }
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
from (${projection({ columns, files: pages.files, mended: pages.mended })})`,
    )
  try {
    await read()
  } catch (error) {
    if (!isMalformed(error)) throw error
    const malformed = await malformedOf(pages.files, connection)
    if (!(await pages.mendThese(malformed, relation))) throw error
    const beyondHelp = await malformedOf(pages.files, connection)
    if (beyondHelp[0] !== undefined)
      throw new SluiceError(
        'unusable-answer',
        `The landed page "${pages.originalOf(beyondHelp[0])}" is not JSON. Run the same command again: what is missing is read anew.`,
        { cause: error },
      )
    await read()
  }
}

async function malformedOf(files: readonly string[], connection: Connection): Promise<readonly string[]> {
  const list = files.map(quoteLiteral).join(', ')
  const rows = await connection.query(
    `select filename from read_text([${list}]) where not json_valid(content)`,
  )
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

async function keepWindows(
  { columns, cursor }: StageRequest,
  pages: Pages,
  { connection, relation }: StageTools,
): Promise<void> {
  const column = cursorColumn(columns, cursor)
  const sql = column === null ? null : deleteOutside(relation, column, pages.keeps)
  if (sql !== null) await connection.run(sql)
}

async function keepNewest(
  { key, columns, cursor }: StageRequest,
  { connection, relation }: StageTools,
): Promise<void> {
  const missing = key.map((name) => `${quoteIdentifier(name)} is null`).join(' or ')
  const [withoutKey, twins] = [
    await connection.query(`select 1 from ${quoteIdentifier(relation)} where ${missing} limit 1`),
    await connection.query(hasTwins(relation, key)),
  ]
  if (withoutKey.length > 0)
    throw new SluiceError(
      'unusable-answer',
      `Klaviyo sent a row without "${key.join('", "')}", so it cannot be merged. Nothing of this batch was loaded.`,
    )
  if (twins.length > 0) await connection.run(deleteOlderTwins(relation, key, cursorColumn(columns, cursor)))
}

/** Gives the stage its final columns: what was found, and what does not fit, where there is any. */
async function finish(
  { columns }: StageRequest,
  { mended }: Pages,
  { connection, relation }: StageTools,
): Promise<readonly StageColumn[]> {
  const table = quoteIdentifier(relation)
  const [[unfitRows, rowsWithMore] = []] = await connection.query(
    `select count(${UNFIT_COLUMN}), count(${MORE}) from ${table}`,
  )
  const found = Number(rowsWithMore) === 0 ? [] : await findUndeclared(connection, table)
  const extra = foundColumns(found, { taken: columns.map(({ name }) => name), mended })
  const hasUnfit = Number(unfitRows) > 0
  if (extra.length === 0 && !hasUnfit) {
    for (const column of [PAGE, MORE, UNFIT_COLUMN])
      await connection.run(`alter table ${table} drop column ${column}`)
  } else {
    const names = columns.map(({ name }) => quoteIdentifier(name))
    const values = extra.map(({ column, value }) => `${value} as ${quoteIdentifier(column.name)}`)
    const own = [...(hasUnfit ? [UNFIT_COLUMN] : []), ACCOUNT_COLUMN, SYNCED_AT_COLUMN]
    const wider = quoteIdentifier(`${relation}_wider`)
    await connection.run(
      `create table ${wider} as select ${[...names, ...values, ...own].join(', ')} from ${table}`,
    )
    await connection.run(`drop table ${table}`)
    await connection.run(`alter table ${wider} rename to ${table}`)
  }
  return [
    ...columns.map(({ name, type }) => ({ name, type })),
    ...extra.map(({ column }) => column),
    ...(hasUnfit ? [{ name: UNFIT_COLUMN, type: 'json' } as const] : []),
    { name: ACCOUNT_COLUMN, type: 'text' },
    { name: SYNCED_AT_COLUMN, type: 'timestamp' },
  ]
}

async function findUndeclared(connection: Connection, table: string): Promise<readonly Found[]> {
  const rows = await connection.query(`select
  m.path,
  bool_or(json_type(m.value) = 'OBJECT'),
  bool_or(json_type(m.value) = 'ARRAY')
from (select unnest(${MORE}) as m from ${table})
group by m.path
order by m.path`)
  return rows.map(([path, hasObject, hasArray]) => ({
    path: String(path).split(PATH_SEPARATOR),
    hasObject: hasObject === true,
    hasArray: hasArray === true,
  }))
}
