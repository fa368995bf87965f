import { existsSync } from 'node:fs'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { asideFolder, tableFolder } from '../../src/destinations/files/layout.ts'
import type { Manifest } from '../../src/destinations/files/manifest.ts'
import { openPlace } from '../../src/destinations/registry.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { quoteIdentifier, quoteLiteral } from '../../src/engine/quote.ts'
import { duckDbTypes } from '../../src/destinations/duckdb/dialect.ts'
import type { StageColumn } from '../../src/model/stage.ts'
import type { TableName } from '../../src/model/names.ts'
import type { Eyes, Opened } from './eyes.ts'

/**
 * How a user reads all files of a table, given a glob for them as SQL text. Of sluice's own only the names and types
 * of columns are asked, for formats that have none.
 */
export type ReadFiles = (glob: string, columns: readonly StageColumn[]) => string

/** Texts, which are given the types that they were written from. */
export const readCsv: ReadFiles = (glob, columns) => {
  const values = columns.map(({ name, type }) => {
    const quoted = quoteIdentifier(name)
    return `cast(${quoted} as ${duckDbTypes[type]}) as ${quoted}`
  })
  return `(select ${values.join(', ')} from read_csv(${glob}, header = true, all_varchar = true, allow_quoted_nulls = false,
  union_by_name = true, max_line_size = 16000000, buffer_size = 32000000))`
}

/** A folder of tables, looked at with a DuckDB that knows only its files. */
export const throughFiles =
  (extension: string, read: ReadFiles) =>
  async (uri: string, engine: Engine): Promise<Opened> => {
    const place = await openPlace(uri, engine)
    const session = await engine.session()
    const root = uri.slice(uri.indexOf(':///') + 4)
    const folderOf = (table: TableName): string => join(root, tableFolder(table))
    const manifestOf = async (table: TableName): Promise<string> => {
      const names = await readdir(join(folderOf(table), '_sluice'))
      return join(folderOf(table), '_sluice', names.find((name) => name.startsWith('manifest-')) ?? '')
    }
    const filesOf = async (table: TableName): Promise<string> => {
      const manifest = JSON.parse(await readFile(await manifestOf(table), 'utf8')) as Manifest
      return read(quoteLiteral(`${folderOf(table)}/**/*${extension}`), manifest.columns)
    }
    const eyes: Eyes = {
      rows: async (table, columns, orderBy) => {
        const selected = await session.select(
          `select ${columns} from ${await filesOf(table)} order by ${orderBy}`,
        )
        return selected.rows.map((row) =>
          Object.fromEntries(selected.columns.map((name, i) => [name, row[i] ?? null])),
        )
      },
      names: async (table) => {
        const files = existsSync(folderOf(table)) ? await readdir(folderOf(table), { recursive: true }) : []
        if (!files.some((name) => name.endsWith(extension))) return null
        return (await session.query(`describe select * from ${await filesOf(table)}`)).map(([name]) =>
          String(name),
        )
      },
      hasAside: (table, account) => Promise.resolve(existsSync(join(folderOf(table), asideFolder(account)))),
      drop: (table) => rm(folderOf(table), { recursive: true }),
      wipe: () => rm(root, { recursive: true, force: true }),
      age: async (table, by) => {
        const file = await manifestOf(table)
        const manifest = JSON.parse(await readFile(file, 'utf8')) as Manifest
        await writeFile(file, JSON.stringify({ ...manifest, storeVersion: manifest.storeVersion + by }))
      },
      quote: quoteIdentifier,
      stored: (name) => name,
      table: ({ schema, name }) => [schema ?? 'main', name].map(quoteIdentifier).join('.'),
      text: (column) => `cast(${quoteIdentifier(column)} as varchar)`,
    }
    const close = place[Symbol.asyncDispose].bind(place)
    place[Symbol.asyncDispose] = async () => {
      await session[Symbol.asyncDispose]()
      await close()
    }
    return { place, eyes, database: null }
  }
