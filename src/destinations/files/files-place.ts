import type { Place, Target, TargetRequest } from '../target.ts'
import { FilesTarget } from './files-target.ts'
import type { Opened } from './opened.ts'

/** A folder as a place for tables. */
export class FilesPlace implements Place {
  readonly label: string
  readonly identity: string
  readonly #opened: Opened

  constructor(opened: Opened) {
    this.#opened = opened
    this.label = opened.label
    this.identity = `${opened.format.name}: ${opened.folder}`
  }

  target(request: TargetRequest): Target {
    return new FilesTarget(this.#opened, request)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#opened.turns.run(async () => this.#opened.session[Symbol.asyncDispose]())
  }
}
