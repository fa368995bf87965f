import { createReadStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { CopyOptions, Engine } from '../../engine/engine.ts'
import type { Stage } from '../../model/stage.ts'

/** So many that the first is soon written, and few enough that none is tiny. */
const PARTS = 8
const SMALLEST_PART_ROWS = 2_000

/** What makes the text one that the database reads. */
export type TextOptions = Pick<CopyOptions, 'csv' | 'withoutNul'>

/** A stage as CSV, in files of a folder of its own. While the server takes one part in, the next is written. */
export class StageText implements AsyncDisposable {
  readonly stage: Stage
  readonly #engine: Engine
  readonly #directory: string
  readonly #options: TextOptions
  readonly #parts: number
  readonly #written: Promise<string>[] = []
  #withoutNul = 0
  #isClosed = false

  private constructor(
    engine: Engine,
    stage: Stage,
    { directory, options }: Readonly<{ directory: string; options: TextOptions }>,
  ) {
    this.stage = stage
    this.#engine = engine
    this.#directory = directory
    this.#options = options
    this.#parts = Math.min(PARTS, Math.max(1, Math.floor(stage.rows / SMALLEST_PART_ROWS)))
  }

  static async open(engine: Engine, stage: Stage, options: TextOptions): Promise<StageText> {
    return new StageText(engine, stage, {
      directory: await mkdtemp(join(engine.scratch, 'copy-')),
      options,
    })
  }

  /** Values that lost NUL characters, where the database can store none; complete when all has been read. */
  get withoutNul(): number {
    return this.#withoutNul
  }

  /** All of it, as often as it is asked for. */
  async *read(): AsyncGenerator<Buffer, void, undefined> {
    for (let number = 0; number < this.#parts && !this.#isClosed; number++) {
      const path = await this.#write(number)
      if (this.#isClosed) return
      if (number + 1 < this.#parts) void this.#write(number + 1)
      yield* createReadStream(path, { highWaterMark: 1 << 18 }) as AsyncIterable<Buffer>
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A reader that was stopped may be about to ask for the next part: it must not be written into a folder that goes.
    this.#isClosed = true
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
    const { withoutNul } = await this.#engine.copy(this.stage, path, 'csv', { ...this.#options, part })
    this.#withoutNul += withoutNul
    return path
  }
}

/** The text of every stage that a transaction reads. */
export class StageTexts implements AsyncDisposable {
  readonly #engine: Engine
  readonly #options: TextOptions
  readonly #texts = new Map<Stage, Promise<StageText>>()
  readonly #opened: StageText[] = []

  constructor(engine: Engine, options: TextOptions) {
    this.#engine = engine
    this.#options = options
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
    const text = await StageText.open(this.#engine, stage, this.#options)
    this.#opened.push(text)
    return text
  }
}
