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

/** A stage as the CSV that `copy … from stdin (format csv)` reads, in a folder of its own. */
export class StageFile implements AsyncDisposable {
  readonly stage: Stage
  readonly path: string
  readonly #directory: string
  #withoutNul = 0

  private constructor(stage: Stage, directory: string, path: string) {
    this.stage = stage
    this.#directory = directory
    this.path = path
  }

  static async write(engine: Engine, stage: Stage): Promise<StageFile> {
    const directory = await mkdtemp(join(tmpdir(), 'sluice-copy-'))
    const file = new StageFile(stage, directory, join(directory, 'stage.csv'))
    try {
      const { withoutNul } = await engine.copy(stage, file.path, 'csv', { withoutNul: true })
      file.#withoutNul = withoutNul
    } catch (error) {
      await file[Symbol.asyncDispose]()
      throw error
    }
    return file
  }

  /** Values that lost NUL characters, which PostgreSQL cannot store. */
  get withoutNul(): number {
    return this.#withoutNul
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#directory, { recursive: true, force: true })
  }
}

/** What copying needs: a connection inside a transaction, and the stage. */
export type Copying = Readonly<{
  /** Starts a `copy … from stdin`; what is written goes to the server. */
  openCopy: (sql: string) => Promise<Writable>
  dialect: Dialect
  run: Transaction['run']
  file: StageFile | null
  signal: AbortSignal
}>

/** Makes the stage a temporary table that lives as long as the transaction, and returns its name. */
export async function copyToTemporary(copying: Copying): Promise<string> {
  const { dialect, file, run } = copying
  if (file === null) throw new TypeError('the transaction has no stage')
  const columns = file.stage.columns.map(({ name, type }) => `${dialect.quote(name)} ${dialect.types[type]}`)
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

async function copy({ openCopy, file, signal }: Copying, into: string): Promise<void> {
  if (file === null) throw new TypeError('the transaction has no stage')
  const stream = await openCopy(`copy ${into} from stdin (format csv)`)
  await pipeline(createReadStream(file.path, { highWaterMark: 1 << 18 }), stream, { signal })
}

const plain = (sql: string) => ({ sql, values: [] })

const isDuplicate = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === '23505'
