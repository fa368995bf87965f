import { DuckDBInstance } from '@duckdb/node-api'
import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api'
import type { Copied, CopyFormat, CopyOptions, Engine, Value } from '../../src/engine/engine.ts'
import type { Stage } from '../../src/model/stage.ts'

/**
 * The least that a destination needs of an engine, over a real DuckDB. Stages are made by plain SQL here (see
 * `stageOf`), so that destinations are tested without the code that reads pages.
 */
export class EngineDouble implements Engine {
  readonly #instance: DuckDBInstance
  readonly #connection: DuckDBConnection

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#instance = instance
    this.#connection = connection
  }

  static async open(): Promise<EngineDouble> {
    const instance = await DuckDBInstance.create(':memory:')
    return new EngineDouble(instance, await instance.connect())
  }

  stage(): Promise<Stage> {
    throw new Error('the double reads no pages')
  }

  async drop({ relation }: Stage): Promise<void> {
    await this.run(`drop table if exists ${quote(relation)}`)
  }

  async run(sql: string, values: readonly Value[] = []): Promise<void> {
    await this.#connection.run(sql, [...values])
  }

  async query(sql: string, values: readonly Value[] = []): Promise<readonly (readonly Value[])[]> {
    const reader = await this.#connection.runAndReadAll(sql, [...values])
    return reader.getRows().map((row) => row.map(plainValue))
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

  [Symbol.asyncDispose](): Promise<void> {
    this.#connection.closeSync()
    this.#instance.closeSync()
    return Promise.resolve()
  }
}

function plainValue(value: DuckDBValue): Value {
  if (value === null || typeof value !== 'object') return value
  // Printed as `2026-01-31 12:00:00.5+00` in the session's zone, which tests set to UTC.
  return String(value).replace(' ', 'T').replace(/\+00$/, 'Z')
}

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`
