import { existsSync } from 'node:fs'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { asideFolder, tableFolder } from '../../src/destinations/files/layout.ts'
import { openPlace } from '../../src/destinations/registry.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { quoteIdentifier, quoteLiteral } from '../../src/engine/quote.ts'
import type { TableName } from '../../src/model/names.ts'
import type { Eyes, Opened } from './eyes.ts'

/** How a user reads all files of a table, given a glob for them as SQL text: nothing of sluice's own is asked. */
export type ReadFiles = (glob: string) => string

/** A folder of tables, looked at with a DuckDB that knows only its files. */
export const throughFiles =
  (extension: string, read: ReadFiles) =>
  async (uri: string, engine: Engine): Promise<Opened> => {
    const place = await openPlace(uri, engine)
    const session = await engine.session()
    const root = uri.slice(uri.indexOf(':///') + 4)
    const folderOf = (table: TableName): string => join(root, tableFolder(table))
    const filesOf = (table: TableName): string => read(quoteLiteral(`${folderOf(table)}/**/*${extension}`))
    const eyes: Eyes = {
      rows: async (table, columns, orderBy) => {
        const selected = await session.select(`select ${columns} from ${filesOf(table)} order by ${orderBy}`)
        return selected.rows.map((row) =>
          Object.fromEntries(selected.columns.map((name, i) => [name, row[i] ?? null])),
        )
      },
      names: async (table) => {
        const files = existsSync(folderOf(table)) ? await readdir(folderOf(table), { recursive: true }) : []
        if (!files.some((name) => name.endsWith(extension))) return null
        return (await session.query(`describe select * from ${filesOf(table)}`)).map(([name]) => String(name))
      },
      hasAside: (table, account) => Promise.resolve(existsSync(join(folderOf(table), asideFolder(account)))),
      drop: (table) => rm(folderOf(table), { recursive: true }),
      age: async (table, by) => {
        const notes = join(folderOf(table), '_sluice')
        const [name = ''] = (await readdir(notes)).filter((each) => each.startsWith('manifest-'))
        const manifest = JSON.parse(await readFile(join(notes, name), 'utf8')) as { storeVersion: number }
        await writeFile(
          join(notes, name),
          JSON.stringify({ ...manifest, storeVersion: manifest.storeVersion + by }),
        )
      },
      quote: quoteIdentifier,
      text: (column) => `cast(${quoteIdentifier(column)} as varchar)`,
    }
    const close = place[Symbol.asyncDispose].bind(place)
    place[Symbol.asyncDispose] = async () => {
      await session[Symbol.asyncDispose]()
      await close()
    }
    return { place, eyes, database: null }
  }
