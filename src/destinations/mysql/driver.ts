import { readFile } from 'node:fs/promises'
import type { Connection, FieldPacket } from 'mysql2/promise'
import type { Engine } from '../../engine/engine.ts'
import { SluiceError } from '../../model/errors.ts'
import type { TableName } from '../../model/names.ts'
import type { QueryRows } from '../../model/query-rows.ts'
import type { Stage } from '../../model/stage.ts'
import { onAbort, throwIfAborted } from '../../util/abort.ts'
import type { Database, Shape, SqlRow, Statement, Transaction } from '../sql/database.ts'
import type { Dialect } from '../sql/dialect.ts'
import { positional } from '../sql/positional.ts'
import { StageTexts } from '../sql/stage-text.ts'
import type { StageText } from '../sql/stage-text.ts'
import { plain } from '../sql/sql.ts'
import type { MySqlConfig } from './config.ts'
import { describeStatement, shapeOf } from './describe.ts'
import { mySqlDialect } from './dialect.ts'
import { connectFailed, isGivenUp, loadFailed } from './errors.ts'
import { CSV } from './load-data.ts'
import { readQuery } from './read.ts'
import { ASK_SERVER, serverOf, settings } from './session.ts'
import type { Server } from './session.ts'
import { loadToTable, loadToTemporary } from './stages.ts'
import type { Loading } from './stages.ts'
import { valueOf } from './values.ts'
import type { WireValue } from './values.ts'

/** An attempt that the index refuses costs most of a load, so it is not made again at once. */
const BATCHES_AFTER_A_MISS = 8
/** A deadlock takes one of two; that the same one is taken time and again is unlikely. */
const ATTEMPTS = 5

/** One connection. A stage comes in by `load data local infile`, the server's fastest way. */
export class MySqlDatabase implements Database {
  readonly dialect: Dialect
  readonly label: string
  readonly identity: string
  readonly #config: MySqlConfig
  readonly #engine: Engine
  readonly #connection: Connection
  readonly #server: Server
  #batchesToMerge = 0

  private constructor(config: MySqlConfig, engine: Engine, connection: Connection, server: Server) {
    this.#config = config
    this.#engine = engine
    this.#connection = connection
    this.#server = server
    this.dialect = mySqlDialect({ ...server, database: config.database })
    this.label = config.label
    this.identity = config.label
  }

  static async connect(config: MySqlConfig, engine: Engine): Promise<MySqlDatabase> {
    const connection = await connectClient(config)
    try {
      const [row = {}] = await send(connection, plain(ASK_SERVER))
      const server = serverOf(row, config.label)
      for (const sql of settings(server)) await connection.query(sql)
      return new MySqlDatabase(config, engine, connection, server)
    } catch (cause) {
      await connection.end().catch(() => undefined)
      throw connectFailed(config, cause)
    }
  }

  async describe(table: TableName): Promise<Shape> {
    const rows = await this.query(describeStatement(table, this.dialect, this.#server))
    return shapeOf(rows, table, this.#server)
  }

  async query(statement: Statement): Promise<readonly SqlRow[]> {
    try {
      return await send(this.#connection, statement)
    } catch (cause) {
      throw loadFailed(this.label, cause)
    }
  }

  async read(query: string, signal: AbortSignal): Promise<QueryRows> {
    const connection = await connectClient(this.#config)
    return readQuery({ connection, cancel: () => this.#cancel(connection) }, query, signal)
  }

  async transaction<T>(work: (tx: Transaction) => Promise<T>, signal: AbortSignal): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      throwIfAborted(signal)
      try {
        return await this.#attempt(work, signal)
      } catch (cause) {
        throwIfAborted(signal)
        if (attempt === ATTEMPTS || !isGivenUp(cause)) throw loadFailed(this.label, cause)
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A connection that is lost has nothing to say goodbye to.
    await this.#connection.end().catch(() => undefined)
  }

  /** With `autocommit` off, what follows a change of shape, which commits, is a transaction too. */
  async #attempt<T>(work: (tx: Transaction) => Promise<T>, signal: AbortSignal): Promise<T> {
    let cancelled: Promise<void> | undefined
    const run = async (statement: Statement): Promise<readonly SqlRow[]> => {
      throwIfAborted(signal)
      using _ = onAbort(signal, () => {
        // Where it cannot be asked, the statement runs to its end; the transaction is rolled back all the same.
        cancelled = this.#cancel(this.#connection).catch(() => undefined)
      })
      return await send(this.#connection, statement)
    }
    const loading = { connection: this.#connection, run, dialect: this.dialect, signal }
    await using texts = new StageTexts(this.#engine, { csv: CSV })
    const names = new Map<Stage, Promise<string>>()
    const bring = async (stage: Stage, into: string, key: readonly string[]): Promise<string> => {
      await loadToTemporary(loading, await texts.of(stage), { into, key })
      return into
    }
    const staged = (stage: Stage, key: readonly string[]): Promise<string> => {
      const name = names.get(stage) ?? bring(stage, this.#stageName(names.size), key)
      names.set(stage, name)
      return name
    }
    await send(this.#connection, plain('set autocommit = 0'))
    try {
      const result = await work({
        run,
        withoutNul: 0,
        staged,
        insertStage: async (stage, table, columns) =>
          this.#insertStage(loading, await texts.of(stage), { table, columns }),
      })
      throwIfAborted(signal)
      await send(this.#connection, plain('commit'))
      return result
    } catch (cause) {
      // A late stop must not hit what comes next.
      await cancelled
      // On a lost connection the server has rolled back by itself; the first cause counts.
      await send(this.#connection, plain('rollback')).catch(() => undefined)
      throw cause
    } finally {
      await this.#tidy(names.size)
    }
  }

  /** What outlives a transaction. On a lost connection it is gone with it. */
  async #tidy(stages: number): Promise<void> {
    try {
      for (let number = 0; number < stages; number += 1)
        await this.#connection.query(`drop temporary table if exists ${this.#stageName(number)}`)
      await this.#connection.query('do release_all_locks()')
      await this.#connection.query('set autocommit = 1')
    } catch {
      // The next statement says so.
    }
  }

  #stageName(number: number): string {
    return this.dialect.table({ schema: null, name: `_sluice_stage_${number}` })
  }

  async #insertStage(
    loading: Loading,
    text: StageText,
    into: Readonly<{ table: TableName; columns: readonly string[] }>,
  ): Promise<boolean> {
    if (this.#batchesToMerge > 0) {
      this.#batchesToMerge -= 1
      return false
    }
    const inserted = await loadToTable(loading, text, into)
    if (!inserted) this.#batchesToMerge = BATCHES_AFTER_A_MISS
    return inserted
  }

  /** Asks the server, over a connection of its own, to give up the running statement. */
  async #cancel({ threadId }: Connection): Promise<void> {
    const connection = await connectClient(this.#config)
    await connection.query(`kill query ${threadId}`)
    await connection.end()
  }
}

/** Values are sent beside the statement, never in it. */
async function send(connection: Connection, statement: Statement): Promise<readonly SqlRow[]> {
  const { sql, values } = positional(statement)
  const [result, fields] = (await (values.length === 0
    ? connection.query({ sql, rowsAsArray: true })
    : connection.execute({ sql, rowsAsArray: true }, values.map(bindable)))) as [
    WireValue[][] | object,
    FieldPacket[] | undefined,
  ]
  if (!Array.isArray(result) || fields === undefined) return []
  return result.map((row) =>
    Object.fromEntries(fields.map((field, i) => [field.name, valueOf(row[i], field)] as const)),
  )
}

const bindable = (value: Statement['values'][number]): string | number | boolean | null =>
  typeof value === 'bigint' ? value.toString() : value

/** The driver is optional, and loaded only by those who use it. */
async function connectClient(config: MySqlConfig): Promise<Connection> {
  const mysql = await import('mysql2/promise').catch((cause: unknown) => {
    throw new SluiceError(
      'driver-missing',
      'The MySQL driver is not installed. Run "npm install mysql2" where sluice is installed, then the same command again.',
      { cause },
    )
  })
  const { host, port, user, password, database } = config
  const ssl = await sslOf(config)
  try {
    const connection = await mysql.createConnection({
      host,
      port,
      user,
      password,
      database,
      ...(ssl === null ? {} : { ssl }),
      charset: 'utf8mb4',
      connectTimeout: 15_000,
      enableKeepAlive: true,
      // As text, so that no digit is lost.
      supportBigNumbers: true,
      bigNumberStrings: true,
      dateStrings: true,
      jsonStrings: true,
      maxPreparedStatements: 64,
    })
    // A connection lost between two statements is told by the next one; unheard, this event ends the process.
    connection.on('error', () => undefined)
    return connection
  } catch (cause) {
    throw connectFailed(config, cause)
  }
}

async function sslOf({ tls }: MySqlConfig): Promise<object | null> {
  if (tls.kind === 'none') return null
  if (tls.kind === 'encrypted') return { rejectUnauthorized: false }
  if (tls.caFile === null) return { rejectUnauthorized: true, verifyIdentity: tls.identity }
  const ca = await readFile(tls.caFile, 'utf8').catch((cause: unknown) => {
    throw new SluiceError(
      'invalid-destination-uri',
      `The certificate "${tls.caFile}" of the destination cannot be read.`,
      {
        cause,
      },
    )
  })
  return { ca, rejectUnauthorized: true, verifyIdentity: tls.identity }
}
