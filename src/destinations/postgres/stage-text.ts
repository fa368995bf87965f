import { createReadStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Engine } from '../../engine/engine.ts'
import type { Stage } from '../../model/stage.ts'

/** So many that the first is soon written, and few enough that none is tiny. */
const PARTS = 8
const SMALLEST_PART_ROWS = 2_000

/**
 * A stage as the CSV that `copy … from stdin (format csv)` reads, in files of a folder of its own. While the server
 * takes one part in, the next is written.
 */
export class StageText implements AsyncDisposable {
  readonly stage: Stage
  readonly #engine: Engine
  readonly #directory: string
  readonly #parts: number
  readonly #written: Promise<string>[] = []
  #withoutNul = 0

  private constructor(engine: Engine, stage: Stage, directory: string) {
    this.stage = stage
    this.#engine = engine
    this.#directory = directory
    this.#parts = Math.min(PARTS, Math.max(1, Math.floor(stage.rows / SMALLEST_PART_ROWS)))
  }

  static async open(engine: Engine, stage: Stage): Promise<StageText> {
    return new StageText(engine, stage, await mkdtemp(join(engine.scratch, 'copy-')))
  }

  /** Values that lost NUL characters, which PostgreSQL cannot store; complete when all has been read. */
  get withoutNul(): number {
    return this.#withoutNul
  }

  /** All of it, as often as it is asked for. */
  async *read(): AsyncGenerator<Buffer, void, undefined> {
    for (let number = 0; number < this.#parts; number++) {
      const path = await this.#write(number)
      if (number + 1 < this.#parts) void this.#write(number + 1)
      yield* createReadStream(path, { highWaterMark: 1 << 18 }) as AsyncIterable<Buffer>
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled(this.#written)
    await rm(this.#directory, { recursive: true, force: true })
  }

  #write(number: number): Promise<string> {
    const writing = (this.#written[number] ??= this.#copy(number))
    // One that nobody gets to read is waited for when all is over.
    writing.catch(() => undefined)
    return writing
  }

  async #copy(number: number): Promise<string> {
    const path = join(this.#directory, `${number}.csv`)
    const part = { number, of: this.#parts }
    const { withoutNul } = await this.#engine.copy(this.stage, path, 'csv', { withoutNul: true, part })
    this.#withoutNul += withoutNul
    return path
  }
}

/** The text of every stage that a transaction reads. */
export class StageTexts implements AsyncDisposable {
  readonly #engine: Engine
  readonly #texts = new Map<Stage, Promise<StageText>>()
  readonly #opened: StageText[] = []

  constructor(engine: Engine) {
    this.#engine = engine
  }

  of(stage: Stage): Promise<StageText> {
    const text = this.#texts.get(stage) ?? this.#open(stage)
    this.#texts.set(stage, text)
    return text
  }

  /** Complete when all of them have been read. */
  get withoutNul(): number {
    return this.#opened.reduce((sum, text) => sum + text.withoutNul, 0)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled(this.#texts.values())
    for (const text of this.#opened) await text[Symbol.asyncDispose]()
  }

  async #open(stage: Stage): Promise<StageText> {
    const text = await StageText.open(this.#engine, stage)
    this.#opened.push(text)
    return text
  }
}
