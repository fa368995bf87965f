import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Database } from '../../src/engine/driver.ts'
import type { Connection } from '../../src/engine/driver.ts'
import type { Copied, CopyFormat, CopyOptions, Engine, Value } from '../../src/engine/engine.ts'
import type { Stage } from '../../src/model/stage.ts'

/**
 * The least that a destination needs of an engine, over a real DuckDB. Stages are made by plain SQL here (see
 * `stageOf`), so that destinations are tested without the code that reads pages.
 */
export class EngineDouble implements Engine {
  readonly #database: Database
  readonly #connection: Connection
  readonly #directory: string

  private constructor(database: Database, connection: Connection, directory: string) {
    this.#database = database
    this.#connection = connection
    this.#directory = directory
  }

  static async open(): Promise<EngineDouble> {
    const tempDirectory = await mkdtemp(join(tmpdir(), 'sluice-engine-'))
    const database = await Database.open({ memoryLimitMb: 256, threads: 1, tempDirectory })
    return new EngineDouble(database, await database.connect(), tempDirectory)
  }

  stage(): Promise<Stage> {
    throw new Error('the double reads no pages')
  }

  async drop({ relation }: Stage): Promise<void> {
    await this.run(`drop table if exists ${quote(relation)}`)
  }

  run(sql: string, values: readonly Value[] = []): Promise<void> {
    return this.#connection.run(sql, values)
  }

  query(sql: string, values: readonly Value[] = []): Promise<readonly (readonly Value[])[]> {
    return this.#connection.query(sql, values)
  }

  async copy(
    { relation, columns }: Stage,
    file: string,
    format: CopyFormat,
    options: CopyOptions = {},
  ): Promise<Copied> {
    const cells = columns.map(({ name, type }) => {
      const cell = quote(name)
      if (options.withoutNul !== true || (type !== 'text' && type !== 'json')) return cell
      return type === 'text' ? `replace(${cell}, chr(0), '')` : `replace(${cell}, '\\u0000', '')`
    })
    const quoted = columns
      .filter(({ type }) => type === 'text' || type === 'json')
      .map(({ name }) => quote(name))
    const written =
      format === 'csv' ? `format csv, header false, force_quote (${quoted.join(', ')})` : 'format parquet'
    await this.run(
      `copy (select ${cells.map((cell, i) => `${cell} as ${quote(columns[i]?.name ?? '')}`).join(', ')} from ${quote(relation)}) to '${file}' (${written})`,
    )
    const [[rows] = [0]] = await this.query(`select count(*) from ${quote(relation)}`)
    return { rows: Number(rows), withoutNul: 0 }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection[Symbol.asyncDispose]()
    await this.#database[Symbol.asyncDispose]()
    await rm(this.#directory, { recursive: true })
  }
}

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`
