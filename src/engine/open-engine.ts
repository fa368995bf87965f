import { availableParallelism } from 'node:os'
import type { Stage } from '../model/stage.ts'
import { copyStage } from './copy.ts'
import { type Connection, Database } from './driver.ts'
import type {
  Copied,
  CopyFormat,
  CopyOptions,
  Engine,
  EngineOptions,
  Selected,
  Session,
  StageRequest,
  Value,
} from './engine.ts'
import { explainEngineError } from './errors.ts'
import { quoteIdentifier } from './quote.ts'
import { stagePages } from './stage.ts'

/** Opens an engine. The native library is loaded here, and not before. */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const { memoryLimitMb = 160, threads = defaultThreads(), tempDirectory } = options
  const database = await Database.open({ memoryLimitMb, threads, tempDirectory })
  const [main, staging] = [await database.connect(), await database.connect()]
  return new DuckDbEngine({ database, main, staging, tempDirectory, memoryLimitMb })
}

/**
 * Half of the cores, four at most. Staging and loading run side by side, each with a thread of its own besides
 * these, and requests need one too; on two cores a second thread cost a third more CPU time and saved none.
 */
const defaultThreads = (): number => Math.min(4, Math.max(1, Math.floor(availableParallelism() / 2)))

type Parts = Readonly<{
  database: Database
  main: Connection
  staging: Connection
  tempDirectory: string
  memoryLimitMb: number
}>

/**
 * What a commit takes for a column: DuckDB holds two blocks of 256 KB for each, be it for one row. So many columns are
 * within the ordinary limit.
 */
const COLUMN_MB = 0.5
const ORDINARY_COLUMNS = 100

class DuckDbEngine implements Engine {
  readonly scratch: string
  readonly #parts: Parts
  #stages = 0
  #limitMb: number

  constructor(parts: Parts) {
    this.scratch = parts.tempDirectory
    this.#parts = parts
    this.#limitMb = parts.memoryLimitMb
  }

  stage(request: StageRequest): Promise<Stage> {
    this.#stages += 1
    const { staging, tempDirectory } = this.#parts
    return stagePages(request, {
      connection: staging,
      relation: `sluice_stage_${this.#stages}`,
      tempDirectory,
      makeRoom: (columns) => this.#makeRoom(columns),
    })
  }

  drop(stage: Stage): Promise<void> {
    return this.#parts.staging.run(`drop table if exists ${quoteIdentifier(stage.relation)}`)
  }

  run(sql: string, values: readonly Value[] = []): Promise<void> {
    return this.#parts.main.run(sql, values)
  }

  query(sql: string, values: readonly Value[] = []): Promise<readonly (readonly Value[])[]> {
    return this.#parts.main.query(sql, values)
  }

  select(sql: string, values: readonly Value[] = []): Promise<Selected> {
    return this.#parts.main.select(sql, values)
  }

  namesOf(sql: string): Promise<readonly string[] | null> {
    return this.#parts.main.namesOf(sql)
  }

  stream(sql: string): AsyncIterable<readonly (readonly Value[])[]> {
    return this.#parts.main.stream(sql)
  }

  interrupt(): void {
    this.#parts.main.interrupt()
  }

  session(): Promise<Session> {
    return this.#parts.database.connect()
  }

  async copy(stage: Stage, file: string, format: CopyFormat, options: CopyOptions = {}): Promise<Copied> {
    try {
      return await copyStage(this.#parts.main, { stage, file, format, options })
    } catch (error) {
      throw explainEngineError(error, (name) => name)
    }
  }

  async #makeRoom(columns: number): Promise<void> {
    const { staging, memoryLimitMb } = this.#parts
    const neededMb = Math.ceil(memoryLimitMb + Math.max(0, columns - ORDINARY_COLUMNS) * COLUMN_MB)
    if (neededMb <= this.#limitMb) return
    this.#limitMb = neededMb
    await staging.run(`set memory_limit = '${neededMb}MB'`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { database, main, staging } = this.#parts
    await main[Symbol.asyncDispose]()
    await staging[Symbol.asyncDispose]()
    await database[Symbol.asyncDispose]()
  }
}
