import { createReadStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Engine } from '../../engine/engine.ts'
import type { TableName } from '../../model/names.ts'
import type { Stage } from '../../model/stage.ts'
import type { Transaction } from '../destination.ts'
import type { Dialect } from '../dialect.ts'

const STAGED = 'pg_temp."_sluice_stage"'

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
    return new StageText(engine, stage, await mkdtemp(join(tmpdir(), 'sluice-copy-')))
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

/** What copying needs: a connection inside a transaction, and the stage. */
export type Copying = Readonly<{
  /** Starts a `copy … from stdin`; what is written goes to the server. */
  openCopy: (sql: string) => Promise<Writable>
  dialect: Dialect
  run: Transaction['run']
  text: StageText | null
  signal: AbortSignal
}>

/** Makes the stage a temporary table that lives as long as the transaction, and returns its name. */
export async function copyToTemporary(copying: Copying): Promise<string> {
  const { dialect, text, run } = copying
  if (text === null) throw new TypeError('the transaction has no stage')
  const columns = text.stage.columns.map(({ name, type }) => `${dialect.quote(name)} ${dialect.types[type]}`)
  await run(plain(`create temp table "_sluice_stage" (${columns.join(', ')}) on commit drop`))
  await copy(copying, STAGED)
  return STAGED
}

/** Adds the stage to a table as it is. False when the unique index refused a row; then nothing has happened. */
export async function copyToTable(
  copying: Copying,
  table: TableName,
  columns: readonly string[],
): Promise<boolean> {
  const { dialect, run } = copying
  await run(plain('savepoint before_copy'))
  try {
    await copy(copying, `${dialect.table(table)} (${columns.map((name) => dialect.quote(name)).join(', ')})`)
  } catch (error) {
    if (!isDuplicate(error)) throw error
    await run(plain('rollback to savepoint before_copy'))
    return false
  }
  await run(plain('release savepoint before_copy'))
  return true
}

/** Does the work when first asked, and gives everybody the same result. */
export function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | null = null
  return () => (result ??= work())
}

async function copy({ openCopy, text, signal }: Copying, into: string): Promise<void> {
  if (text === null) throw new TypeError('the transaction has no stage')
  const stream = await openCopy(`copy ${into} from stdin (format csv)`)
  await pipeline(text.read(), stream, { signal })
}

const plain = (sql: string) => ({ sql, values: [] })

const isDuplicate = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === '23505'
