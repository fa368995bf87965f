import type { Engine } from '../../engine/engine.ts'
import type { AccountIdentity } from '../../model/account.ts'
import { SluiceError } from '../../model/errors.ts'
import type { QueryRows } from '../../model/query-rows.ts'
import { accountName } from '../account-name.ts'
import type { AccountRename, Place, RenamedTable, Target, TargetRequest } from '../target.ts'
import { FilesTarget } from './files-target.ts'
import { knownAccounts } from './known-accounts.ts'
import type { Opened } from './opened.ts'
import { readTables } from './read.ts'

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

  target(request: TargetRequest): Target {
    return new FilesTarget(this.#opened, request)
  }

  adviceOn(): null {
    return null
  }

  /** A manifest of a newer version is refused where it is read. */
  ready(): Promise<null> {
    return Promise.resolve(null)
  }

  nameOf(account: AccountIdentity): Promise<string> {
    return this.#opened.turns.run(async () =>
      accountName(account, await knownAccounts(this.#opened), this.label),
    )
  }

  renameAccount({ from }: AccountRename): Promise<readonly RenamedTable[]> {
    return Promise.reject(
      new SluiceError(
        'unsupported-option',
        `Accounts cannot be renamed in files: "${from}" is in the names of folders and in every file. Write account=${from} in the source URI; or read into a new folder under the new name.`,
        { facts: { account: from } },
      ),
    )
  }

  read(query: string, signal: AbortSignal): Promise<QueryRows> {
    return readTables(this.#opened, this.#engine, query, signal)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#opened.turns.run(async () => this.#opened.session[Symbol.asyncDispose]())
  }
}
