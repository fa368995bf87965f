import { rm } from 'node:fs/promises'
import type { Engine, Session, Value } from '../../engine/engine.ts'
import type { TableName } from '../../model/names.ts'
import type { QueryRows } from '../../model/query-rows.ts'
import { notATable } from '../sql/columns.ts'
import type { Database, Shape, SqlRow, Statement, Transaction } from '../sql/database.ts'
import type { Dialect } from '../sql/dialect.ts'
import { adviceOnNames } from './config.ts'
import type { DuckDbConfig } from './config.ts'
import { duckDbDialect } from './dialect.ts'
import { loadFailed, openFailed } from './errors.ts'
import { readQuery } from './read.ts'

let attached = 0

/**
 * A file attached to the engine's own DuckDB, so that a stage is loaded without leaving it. A DuckDB transaction
 * may write one attached database besides temporary tables, which is all that a load needs.
 */
export class DuckDbDatabase implements Database {
  readonly dialect: Dialect
  readonly label: string
  readonly identity: string
  readonly #engine: Engine
  readonly #session: Session
  readonly #config: DuckDbConfig
  readonly #database: string
  /** A file that this run made is taken away again when nothing was written to it. */
  #unusedFile: string | null
  /** Names that were tables when last looked up. The file is locked, so nobody else makes views of them. */
  readonly #tables = new Set<string>()

  private constructor(
    { engine, session }: Readonly<{ engine: Engine; session: Session }>,
    database: string,
    config: DuckDbConfig,
    isNew: boolean,
  ) {
    this.#engine = engine
    this.#session = session
    this.#config = config
    this.#database = database
    this.dialect = duckDbDialect(database)
    this.identity = config.kind === 'memory' ? `duckdb: memory of ${process.pid}` : `duckdb: ${config.path}`
    this.label = config.kind === 'memory' ? 'duckdb:///:memory:' : `duckdb:///${config.given}`
    this.#unusedFile = config.kind === 'file' && isNew ? config.path : null
  }

  static async attach(engine: Engine, config: DuckDbConfig, isNew: boolean): Promise<DuckDbDatabase> {
    attached += 1
    const database = `sluice_destination_${attached}`
    const file = config.kind === 'memory' ? ':memory:' : config.path
    const session = await engine.session()
    try {
      // A full row group goes straight into the file, a partial one by way of the write-ahead log, which is twice the
      // writing: at DuckDB's 122,880 rows a group no batch fills one. It is a wish for what is written now, not a
      // property of the file: DuckDB 1.1.3 reads and writes it, and groups of both sizes stand side by side.
      await session.run(
        `attach '${file.replaceAll("'", "''")}' as "${database}" (type duckdb, row_group_size 20480)`,
      )
      // At DuckDB's 16 MB every other batch of 20,000 rows is followed by a checkpoint: half the speed.
      await session.run(`set checkpoint_threshold = '64MB'`)
    } catch (cause) {
      await session[Symbol.asyncDispose]()
      throw openFailed(config, cause)
    }
    return new DuckDbDatabase({ engine, session }, database, config, isNew)
  }

  adviceOn(schema: string | null): string | null {
    return adviceOnNames(this.#config, schema)
  }

  async describe(table: TableName): Promise<Shape> {
    const known = this.dialect.table(table)
    if (!this.#tables.has(known)) return this.#lookUp(table)
    try {
      // A fifth of the time, but it does not tell a view from a table.
      const rows = await this.#session.query(`describe ${known}`)
      return shapeOf(rows)
    } catch {
      this.#tables.delete(known)
      return this.#lookUp(table)
    }
  }

  async #lookUp(table: TableName): Promise<Shape> {
    const { schema, name } = table
    const rows = await this.#session.query(
      `select column_name, data_type, exists (
  select 1 from duckdb_views() as v
  where v.database_oid = c.database_oid and v.schema_oid = c.schema_oid and v.view_name = c.table_name
)
from duckdb_columns() as c
where database_name = $1 and lower(schema_name) = lower($2) and lower(table_name) = lower($3)
order by column_index`,
      [this.#database, schema ?? this.dialect.defaultSchema, name],
    )
    if (rows.length === 0) return null
    if (rows.some(([, , isView]) => isView === true)) throw notATable({ schema, name })
    this.#tables.add(this.dialect.table(table))
    return shapeOf(rows)
  }

  async query({ sql, values }: Statement): Promise<readonly SqlRow[]> {
    try {
      if (!/^\s*(select|with|from|values)\b/i.test(sql)) {
        await this.#session.run(sql, values)
        return []
      }
      const { columns, rows } = await this.#session.select(sql, values)
      return rows.map((row) =>
        Object.fromEntries(columns.map((name, i): [string, Value] => [name, row[i] ?? null])),
      )
    } catch (cause) {
      throw loadFailed(this.label, cause)
    }
  }

  async read(query: string, signal: AbortSignal): Promise<QueryRows> {
    const session = await this.#engine.session()
    await session.run(`use ${this.dialect.quote(this.#database)}`)
    return readQuery(session, query, signal)
  }

  async transaction<T>(work: (tx: Transaction) => Promise<T>, signal: AbortSignal): Promise<T> {
    const tx: Transaction = {
      run: (statement) => {
        signal.throwIfAborted()
        return this.query(statement)
      },
      withoutNul: 0,
      staged: ({ relation }) => Promise.resolve(this.dialect.quote(relation)),
    }
    signal.throwIfAborted()
    await this.#session.run('begin transaction')
    try {
      const result = await work(tx)
      signal.throwIfAborted()
      await this.#session.run('commit')
      this.#unusedFile = null
      return result
    } catch (cause) {
      // A failed commit has rolled back already, and a database that lost its disk cannot: the first cause counts.
      await this.#session.run('rollback').catch(() => undefined)
      throw signal.aborted ? cause : loadFailed(this.label, cause)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      // Detaching writes the checkpoint that makes the file complete.
      await this.#session.run(`detach "${this.#database}"`)
    } catch (error) {
      // On a full disk what was committed stays in the write-ahead log beside the file, and counts.
      if (!(error instanceof Error && error.message.includes('CHECKPOINT during DETACH failed'))) throw error
    }
    await this.#session[Symbol.asyncDispose]()
    if (this.#unusedFile !== null) await rm(this.#unusedFile, { force: true })
  }
}

const shapeOf = (rows: readonly (readonly Value[])[]): Shape => ({
  columns: rows.map(([name, type]) => ({ name: String(name), type: String(type) })),
  indexes: [],
})
