import type { QueryRows } from '../../model/query-rows.ts'
import { Mutex } from '../../util/mutex.ts'
import type { AccountIdentity } from '../../model/account.ts'
import type { TableName } from '../../model/names.ts'
import type { AccountRename, CarriedOver, Place, RenamedTable, Target, TargetRequest } from '../target.ts'
import type { Database } from './database.ts'
import { SqlTarget } from './sql-target.ts'
import { nameOf } from './store/accounts.ts'
import { storeVersion } from './store/ensure.ts'
import { migrate } from './store/migrate.ts'
import { renameAccount } from './store/rename-account.ts'

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

  ready(use: 'read' | 'write', signal: AbortSignal): Promise<CarriedOver | null> {
    return this.#turns.run(async () => {
      if (use === 'write') return migrate(this.#database, signal)
      await storeVersion(this.#database)
      return null
    })
  }

  nameOf(account: AccountIdentity, tables: readonly TableName[]): Promise<string> {
    return this.#turns.run(() => nameOf(this.#database, account, tables))
  }

  renameAccount(rename: AccountRename, signal: AbortSignal): Promise<readonly RenamedTable[]> {
    return this.#turns.run(() => renameAccount(this.#database, rename, signal))
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
