import { join } from 'node:path'
import type { Engine, Session } from '../../engine/engine.ts'
import type { QueryRows } from '../../model/query-rows.ts'
import { readQuery } from '../duckdb/read.ts'
import { readingOf } from './apply.ts'
import { exists, namesIn } from './disk.ts'
import { OWN_FOLDER } from './layout.ts'
import type { Opened } from './opened.ts'
import { rowsOf } from './rows-sql.ts'
import { TableFolder } from './table-folder.ts'

let databases = 0

/** Runs a query that knows the tables of the place by their names: each is a view of the files that its manifest names. */
export async function readTables(
  opened: Opened,
  engine: Pick<Engine, 'session'>,
  query: string,
  signal: AbortSignal,
): Promise<QueryRows> {
  databases += 1
  const { dialect } = opened
  const database = dialect.quote(`sluice_files_${databases}`)
  const session = await engine.session()
  const detach = async (): Promise<void> => {
    await using last = await engine.session()
    await last.run(`detach database if exists ${database}`)
  }
  try {
    await session.run(`attach ':memory:' as ${database}`)
    for (const folder of await tableFolders(opened.folder)) await makeView(opened, session, database, folder)
    await session.run(`use ${database}`)
  } catch (error) {
    await session[Symbol.asyncDispose]()
    await detach()
    throw error
  }
  const rows = await readQuery(session, query, signal).catch(async (error: unknown) => {
    await detach()
    throw error
  })
  return {
    columns: rows.columns,
    batches: () => rows.batches(),
    [Symbol.asyncDispose]: async () => {
      await rows[Symbol.asyncDispose]()
      await detach()
    },
  }
}

async function makeView(opened: Opened, session: Session, database: string, path: string): Promise<void> {
  const { dialect, format } = opened
  const folder = new TableFolder(path, { schema: null, name: '' }, format)
  const manifest = await folder.read()
  if (manifest.columns.length === 0) return
  const { schema, name } = manifest.table
  const inside = `${database}.${dialect.quote(schema ?? 'main')}`
  const names = manifest.columns.map((column) => dialect.quote(column.name)).join(', ')
  const rows = rowsOf(manifest.files, manifest.columns, readingOf(opened, folder, manifest))
  await session.run(`create schema if not exists ${inside}`)
  await session.run(`create view ${inside}.${dialect.quote(name)} as select ${names} from (\n${rows}\n)`)
}

/** Folders with a manifest: those of tables without a schema, and those in the folder of a schema. */
async function tableFolders(root: string): Promise<readonly string[]> {
  const found: string[] = []
  for (const name of await namesIn(root)) {
    const folder = join(root, name)
    const inner = (await namesIn(folder)).map((each) => join(folder, each))
    for (const each of [folder, ...inner]) if (await exists(join(each, OWN_FOLDER))) found.push(each)
  }
  return found
}
