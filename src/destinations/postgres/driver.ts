import { createReadStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Client } from 'pg'
import type { Engine } from '../../engine/engine.ts'
import { SluiceError } from '../../model/errors.ts'
import type { TableName } from '../../model/names.ts'
import type { Stage } from '../../model/stage.ts'
import { onAbort, throwIfAborted } from '../../util/abort.ts'
import { notATable } from '../columns.ts'
import type { Destination, Shape, SqlRow, Statement, Transaction } from '../destination.ts'
import type { Dialect } from '../dialect.ts'
import type { PostgresConfig } from './config.ts'
import { postgresDialect } from './dialect.ts'
import { connectFailed, loadFailed } from './errors.ts'
import { readerOf } from './values.ts'

const STAGED = 'pg_temp."_sluice_stage"'
const types = { getTypeParser: readerOf }

/** One connection. A stage goes through a file into a temporary table by `copy`, the server's fastest way in. */
export class PostgresDestination implements Destination {
  readonly dialect: Dialect
  readonly label: string
  readonly #config: PostgresConfig
  readonly #engine: Engine
  readonly #client: Client

  private constructor(config: PostgresConfig, engine: Engine, client: Client, defaultSchema: string) {
    this.#config = config
    this.#engine = engine
    this.#client = client
    this.dialect = postgresDialect(defaultSchema)
    this.label = config.label
  }

  static async connect(config: PostgresConfig, engine: Engine): Promise<PostgresDestination> {
    const client = await connectClient(config)
    const { rows } = await client.query<{ schema: string | null }>('select current_schema() as schema')
    return new PostgresDestination(config, engine, client, rows[0]?.schema ?? 'public')
  }

  async describe({ schema, name }: TableName): Promise<Shape> {
    const { defaultSchema, identifier } = this.dialect
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
      values: [identifier(schema ?? defaultSchema), identifier(name)],
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

  async transaction<T>(
    stage: Stage | null,
    work: (tx: Transaction, staged: string) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    throwIfAborted(signal)
    const run = async (statement: Statement): Promise<readonly SqlRow[]> => {
      throwIfAborted(signal)
      using _ = onAbort(signal, () => this.#cancel())
      return this.query(statement)
    }
    await this.#client.query('begin')
    try {
      if (stage !== null) await this.#copyIn(stage, run, signal)
      const result = await work({ run }, STAGED)
      throwIfAborted(signal)
      await this.#client.query('commit')
      return result
    } catch (cause) {
      // On a lost connection the server has rolled back by itself; the first cause counts.
      await this.#client.query('rollback').catch(() => undefined)
      throwIfAborted(signal)
      throw loadFailed(this.label, cause)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.end()
  }

  async #copyIn(stage: Stage, run: Transaction['run'], signal: AbortSignal): Promise<void> {
    const { quote, types } = this.dialect
    const columns = stage.columns.map(({ name, type }) => `${quote(name)} ${types[type]}`)
    await run({ sql: `create temp table "_sluice_stage" (${columns.join(', ')}) on commit drop`, values: [] })
    const { from } = await import('pg-copy-streams')
    const directory = await mkdtemp(join(tmpdir(), 'sluice-copy-'))
    try {
      const file = join(directory, 'stage.csv')
      await this.#engine.copy(stage, file, 'csv', { withoutNul: true })
      const into = this.#client.query(from(`copy ${STAGED} from stdin (format csv)`))
      await pipeline(createReadStream(file, { highWaterMark: 1 << 18 }), into, { signal })
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
    // A temporary table has no statistics, and without them the joins are planned for a handful of rows.
    await run({ sql: `analyze ${STAGED}`, values: [] })
  }

  /** Asks the server, over a connection of its own, to give up the running statement. */
  #cancel(): void {
    const { processID } = this.#client as Client & Readonly<{ processID?: number }>
    connectClient(this.#config)
      .then(async (client) => {
        await client.query('select pg_cancel_backend($1)', [processID])
        await client.end()
      })
      // Then the statement runs to its end; the transaction is rolled back all the same.
      .catch(() => undefined)
  }
}

/** The driver is optional, and loaded only by those who use it. */
async function connectClient(config: PostgresConfig): Promise<Client> {
  const pg = await import('pg').catch((cause: unknown) => {
    throw new SluiceError(
      'usage',
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
    await client.query(`set timezone = 'UTC'; set datestyle = 'ISO'; set extra_float_digits = 1`)
    return client
  } catch (cause) {
    throw connectFailed(config, cause)
  }
}
