import type { QueryRows } from '../../model/query-rows.ts'
import { Mutex } from '../../util/mutex.ts'
import type { Place, Target, TargetRequest } from '../target.ts'
import type { Database } from './database.ts'
import { SqlTarget } from './sql-target.ts'

/** A database as a place for tables. */
export class SqlPlace implements Place {
  readonly label: string
  readonly identity: string
  readonly #database: Database
  /** A connection does one thing at a time. */
  readonly #turns = new Mutex()

  constructor(database: Database) {
    this.#database = database
    this.label = database.label
    this.identity = database.identity
  }

  adviceOn(schema: string | null): string | null {
    return this.#database.adviceOn?.(schema) ?? null
  }

  target(request: TargetRequest): Target {
    return new SqlTarget({ database: this.#database, turns: this.#turns }, request)
  }

  read(query: string, signal: AbortSignal): Promise<QueryRows> {
    return this.#database.read(query, signal)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#turns.run(async () => this.#database[Symbol.asyncDispose]())
  }
}
