import type { Writable } from 'node:stream'
import type { Client } from 'pg'
import type { Engine } from '../../engine/engine.ts'
import { SluiceError } from '../../model/errors.ts'
import type { TableName } from '../../model/names.ts'
import type { QueryRows } from '../../model/query-rows.ts'
import type { Stage } from '../../model/stage.ts'
import { onAbort, throwIfAborted } from '../../util/abort.ts'
import { notATable } from '../sql/columns.ts'
import type { Database, Shape, SqlRow, Statement, Transaction } from '../sql/database.ts'
import type { Dialect } from '../sql/dialect.ts'
import { begin } from './begin.ts'
import type { PostgresConfig } from './config.ts'
import { postgresDialect } from './dialect.ts'
import { copyToTable, copyToTemporary } from './copy.ts'
import type { Copying } from './copy.ts'
import { connectFailed, isRace, loadFailed } from './errors.ts'
import { readQuery } from './read.ts'
import { StageTexts } from '../sql/stage-text.ts'
import type { StageText } from '../sql/stage-text.ts'
import { readerOf } from './values.ts'

/** An attempt that the index refuses costs most of a load, so it is not made again at once. */
const BATCHES_AFTER_A_MISS = 8

/** Who waited for another session's tables and columns sees them the second time; a third is for good measure. */
const ATTEMPTS = 3

const types = { getTypeParser: readerOf }

/** One connection. A stage comes in by `copy`, the server's fastest way. */
export class PostgresDatabase implements Database {
  readonly dialect: Dialect
  readonly label: string
  readonly identity: string
  readonly #config: PostgresConfig
  readonly #engine: Engine
  readonly #client: Client
  #batchesToMerge = 0

  private constructor(config: PostgresConfig, engine: Engine, client: Client, defaultSchema: string) {
    this.#config = config
    this.#engine = engine
    this.#client = client
    this.dialect = postgresDialect(defaultSchema)
    this.label = config.label
    this.identity = config.label
  }

  static async connect(config: PostgresConfig, engine: Engine): Promise<PostgresDatabase> {
    const client = await connectClient(config)
    const { rows } = await client.query<{ schema: string | null }>('select current_schema() as schema')
    return new PostgresDatabase(config, engine, client, rows[0]?.schema ?? 'public')
  }

  async describe({ schema, name }: TableName): Promise<Shape> {
    const { dialect } = this
    const rows = await this.query({
      sql: `select a.attname::text as name, format_type(a.atttypid, a.atttypmod) as type, c.relkind::text as kind,
  array_to_json(array(
    select i.relname from pg_index as x join pg_class as i on i.oid = x.indexrelid where x.indrelid = c.oid
  ))::text as indexes
from pg_class as c
join pg_namespace as n on n.oid = c.relnamespace
join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where n.nspname = $1 and c.relname = $2 and c.relkind in ('r', 'p', 'f', 'v', 'm')
order by a.attnum`,
      values: [dialect.identifier(schema ?? dialect.defaultSchema), dialect.identifier(name)],
    })
    const [first] = rows
    if (first === undefined) return null
    if (first['kind'] === 'v' || first['kind'] === 'm') throw notATable({ schema, name })
    return {
      columns: rows.map((row) => ({ name: String(row['name']), type: String(row['type']) })),
      indexes: JSON.parse(String(first['indexes'])) as string[],
    }
  }

  async query({ sql, values }: Statement): Promise<readonly SqlRow[]> {
    try {
      const result = await this.#client.query<SqlRow>({ text: sql, values: [...values], types })
      return result.rows
    } catch (cause) {
      throw loadFailed(this.label, cause)
    }
  }

  async read(query: string, signal: AbortSignal): Promise<QueryRows> {
    const client = await connectClient(this.#config)
    return readQuery({ client, cancel: (backend) => this.#cancel(backend) }, query, signal)
  }

  async transaction<T>(work: (tx: Transaction) => Promise<T>, signal: AbortSignal): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt(work, signal)
      } catch (error) {
        if (attempt === ATTEMPTS || !isRace(error)) throw error
      }
    }
  }

  async #attempt<T>(work: (tx: Transaction) => Promise<T>, signal: AbortSignal): Promise<T> {
    throwIfAborted(signal)
    let backend: string | null = null
    let cancelling: Promise<void> = Promise.resolve()
    const run = async (statement: Statement): Promise<readonly SqlRow[]> => {
      throwIfAborted(signal)
      using _ = onAbort(signal, () => {
        // Where it cannot be asked, the statement runs to its end; the transaction is rolled back all the same.
        cancelling = this.#cancel(backend).catch(() => undefined)
      })
      return await this.query(statement)
    }
    await using texts = new StageTexts(this.#engine, { withoutNul: true })
    const copying = { openCopy: (sql: string) => this.#openCopy(sql), dialect: this.dialect, run, signal }
    const names = new Map<Stage, Promise<string>>()
    const staged = (stage: Stage): Promise<string> => {
      const name =
        names.get(stage) ??
        texts.of(stage).then((text) => copyToTemporary(copying, text, `_sluice_stage_${names.size}`))
      names.set(stage, name)
      return name
    }
    try {
      backend = await begin(this.#client, 'read committed')
      const result = await work({
        run,
        get withoutNul() {
          return texts.withoutNul
        },
        staged,
        insertStage: async (stage, table, columns) =>
          this.#insertStage(copying, await texts.of(stage), { table, columns }),
      })
      throwIfAborted(signal)
      await this.#client.query('commit')
      return result
    } catch (cause) {
      // Behind a pool the connection goes on to somebody else, whose statement must not be the one that is given up.
      await cancelling
      // On a lost connection the server has rolled back by itself; the first cause counts.
      await this.#client.query('rollback').catch(() => undefined)
      throwIfAborted(signal)
      throw loadFailed(this.label, cause)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.end()
  }

  async #insertStage(
    copying: Copying,
    text: StageText,
    into: Readonly<{ table: TableName; columns: readonly string[] }>,
  ): Promise<boolean> {
    if (this.#batchesToMerge > 0) {
      this.#batchesToMerge -= 1
      return false
    }
    const inserted = await copyToTable(copying, text, into)
    if (!inserted) this.#batchesToMerge = BATCHES_AFTER_A_MISS
    return inserted
  }

  async #openCopy(sql: string): Promise<Writable> {
    const { from } = await import('pg-copy-streams')
    return this.#client.query(from(sql))
  }

  /** Asks the server, over a connection of its own, to give up the statement that a process is running. */
  async #cancel(backend: string | null): Promise<void> {
    const client = await connectClient(this.#config)
    await client.query('select pg_cancel_backend($1)', [backend])
    await client.end()
  }
}

/** The driver is optional, and loaded only by those who use it. */
async function connectClient(config: PostgresConfig): Promise<Client> {
  const pg = await import('pg').catch((cause: unknown) => {
    throw new SluiceError(
      'driver-missing',
      'The PostgreSQL driver is not installed. Run "npm install pg pg-copy-streams", or install sluice with its optional dependencies.',
      { cause },
    )
  })
  try {
    const client = new pg.Client({
      connectionString: config.connectionString,
      application_name: 'sluice',
      connectionTimeoutMillis: 15_000,
      keepAlive: true,
    })
    // A connection lost between two statements is told by the next one; unheard, this event ends the process.
    client.on('error', () => undefined)
    await client.connect()
    return client
  } catch (cause) {
    throw connectFailed(config, cause)
  }
}
