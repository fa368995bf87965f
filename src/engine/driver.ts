import type * as DuckDb from '@duckdb/node-api'
import type { Selected, Session, Value } from './engine.ts'
import { isoMicros } from './iso.ts'

/** How DuckDB is told to live with its neighbours. */
export type DriverOptions = Readonly<{
  memoryLimitMb: number
  threads: number
  /** Where DuckDB puts what does not fit into memory. */
  tempDirectory: string
}>

type Module = typeof DuckDb

/** An in-memory DuckDB. The only place that knows the driver. */
export class Database implements AsyncDisposable {
  readonly #duckdb: Module
  readonly #instance: DuckDb.DuckDBInstance

  private constructor(duckdb: Module, instance: DuckDb.DuckDBInstance) {
    this.#duckdb = duckdb
    this.#instance = instance
  }

  static async open({ memoryLimitMb, threads, tempDirectory }: DriverOptions): Promise<Database> {
    // Loading the native library is not for `sluice --help`.
    const duckdb = await import('@duckdb/node-api')
    const instance = await duckdb.DuckDBInstance.create(':memory:', {
      memory_limit: `${memoryLimitMb}MB`,
      threads: String(threads),
      temp_directory: tempDirectory,
      // The order of rows is the order of pages, and breaks ties between equal rows (see newest.ts).
      preserve_insertion_order: 'true',
      // Everything used here is built in; nothing is fetched while a load runs.
      autoinstall_known_extensions: 'false',
    })
    return new Database(duckdb, instance)
  }

  async connect(): Promise<Connection> {
    const connection = await this.#instance.connect()
    await connection.run(`set TimeZone = 'UTC'`)
    return new Connection(this.#duckdb, connection)
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#instance.closeSync()
    return Promise.resolve()
  }
}

/** One connection; its statements run one after another, in the order in which they were asked for. */
export class Connection implements Session {
  readonly #duckdb: Module
  readonly #connection: DuckDb.DuckDBConnection
  #last: Promise<unknown> = Promise.resolve()

  constructor(duckdb: Module, connection: DuckDb.DuckDBConnection) {
    this.#duckdb = duckdb
    this.#connection = connection
  }

  run(sql: string, values: readonly Value[] = []): Promise<void> {
    return this.#next(async () => {
      await (values.length === 0
        ? this.#connection.run(sql)
        : this.#connection.run(
            sql,
            [...values],
            values.map((value) => this.#typeOf(value)),
          ))
    })
  }

  async query(sql: string, values: readonly Value[] = []): Promise<readonly (readonly Value[])[]> {
    return (await this.select(sql, values)).rows
  }

  select(sql: string, values: readonly Value[] = []): Promise<Selected> {
    return this.#next(async () => {
      const reader = await (values.length === 0
        ? this.#connection.runAndReadAll(sql)
        : this.#connection.runAndReadAll(
            sql,
            [...values],
            values.map((value) => this.#typeOf(value)),
          ))
      return {
        columns: reader.columnNames(),
        rows: reader.getRows().map((row) => row.map((value) => this.#read(value))),
      }
    })
  }

  namesOf(sql: string): Promise<readonly string[] | null> {
    return this.#next(async () => {
      const statements = await this.#connection.extractStatements(sql)
      if (statements.count !== 1) return null
      const prepared = await statements.prepare(0)
      if (prepared.statementType !== this.#duckdb.StatementType.SELECT) return null
      return Array.from({ length: prepared.columnCount }, (_, index) => prepared.columnName(index))
    })
  }

  async *stream(sql: string): AsyncGenerator<readonly (readonly Value[])[], void, undefined> {
    const result = await this.#next(() => this.#connection.stream(sql))
    for (;;) {
      const chunk = await this.#next(() => result.fetchChunk())
      if (chunk === null || chunk.rowCount === 0) return
      yield chunk.getRows().map((row) => row.map((value) => this.#read(value)))
    }
  }

  interrupt(): void {
    this.#connection.interrupt()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#last
    this.#connection.closeSync()
  }

  #next<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work)
    this.#last = result.catch(() => undefined)
    return result
  }

  /** Left alone, the driver binds every bigint as HUGEINT, which many functions do not take. */
  #typeOf(value: Value): DuckDb.DuckDBType {
    const { BIGINT, BOOLEAN, DOUBLE, HUGEINT, SQLNULL, VARCHAR } = this.#duckdb
    if (typeof value === 'string') return VARCHAR
    if (typeof value === 'boolean') return BOOLEAN
    if (typeof value === 'number') return Number.isSafeInteger(value) ? BIGINT : DOUBLE
    if (typeof value === 'bigint') return BigInt.asIntN(64, value) === value ? BIGINT : HUGEINT
    return SQLNULL
  }

  #read(value: DuckDb.DuckDBValue): Value {
    if (value === null || typeof value !== 'object') return value
    const { DuckDBTimestampTZValue, DuckDBTimestampValue } = this.#duckdb
    if (value instanceof DuckDBTimestampTZValue) {
      const iso = isoMicros(value.micros)
      return iso === null ? value.toString() : `${iso}Z`
    }
    if (value instanceof DuckDBTimestampValue) return isoMicros(value.micros) ?? value.toString()
    // The driver spells decimals, dates, UUIDs and nested values exactly, as DuckDB's own shell does.
    return value.toString()
  }
}
