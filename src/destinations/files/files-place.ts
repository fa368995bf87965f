import type { Engine } from '../../engine/engine.ts'
import type { QueryRows } from '../../model/query-rows.ts'
import type { Place, Target, TargetRequest } from '../target.ts'
import { FilesTarget } from './files-target.ts'
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

  read(query: string, signal: AbortSignal): Promise<QueryRows> {
    return readTables(this.#opened, this.#engine, query, signal)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#opened.turns.run(async () => this.#opened.session[Symbol.asyncDispose]())
  }
}
