import type { Engine } from '../../engine/engine.ts'
import type { AccountIdentity } from '../../model/account.ts'
import type { QueryRows } from '../../model/query-rows.ts'
import { accountName } from '../account-name.ts'
import type { AccountRename, Place, RenamedTable, Target, TargetRequest } from '../target.ts'
import { accountsOf, tablesIn } from './accounts.ts'
import { FilesTarget } from './files-target.ts'
import type { Opened } from './opened.ts'
import { readTables } from './read.ts'
import { renameAccount } from './rename-account.ts'

/** A folder as a place for tables. */
export class FilesPlace implements Place {
  readonly label: string
  readonly identity: string
  readonly #opened: Opened
  readonly #engine: Engine

  constructor(opened: Opened, engine: Engine) {
    this.#opened = opened
    this.#engine = engine
    this.label = opened.label
    this.identity = `${opened.format.name}: ${opened.folder}`
  }

  /** Every table has a manifest with a version of its own. */
  ready(): Promise<null> {
    return this.#opened.turns.run(async () => {
      await tablesIn(this.#opened)
      return null
    })
  }

  nameOf(account: AccountIdentity): Promise<string> {
    return this.#opened.turns.run(async () =>
      accountName(account, accountsOf(await tablesIn(this.#opened)), this.label),
    )
  }

  renameAccount(rename: AccountRename, signal: AbortSignal): Promise<readonly RenamedTable[]> {
    return this.#opened.turns.run(() => renameAccount(this.#opened, rename, signal))
  }

  target(request: TargetRequest): Target {
    return new FilesTarget(this.#opened, request)
  }

  adviceOn(): null {
    return null
  }

  read(query: string, signal: AbortSignal): Promise<QueryRows> {
    return readTables(this.#opened, this.#engine, query, signal)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#opened.turns.run(async () => this.#opened.session[Symbol.asyncDispose]())
  }
}
