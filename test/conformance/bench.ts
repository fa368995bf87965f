import type { Engine } from '../../src/engine/engine.ts'
import type { Destination, SqlRow } from '../../src/destinations/destination.ts'
import { load } from '../../src/destinations/load.ts'
import type { LoadRequest, LoadResult } from '../../src/destinations/load.ts'
import { openDestination } from '../../src/destinations/registry.ts'
import type { TableName } from '../../src/model/names.ts'
import { engineHere } from './engine-here.ts'
import { stageOf } from './stage-of.ts'
import type { StageRows } from './stage-of.ts'

export const RUN_STARTED_AT_MS = Date.parse('2026-02-01T00:00:00Z')
export const never = new AbortController().signal

/** An open destination, and the few words that tests say over and over. */
export class Bench implements AsyncDisposable {
  readonly engine: Engine
  readonly destination: Destination
  readonly #closeEngine: () => Promise<void>

  private constructor(engine: Engine, destination: Destination, closeEngine: () => Promise<void>) {
    this.engine = engine
    this.destination = destination
    this.#closeEngine = closeEngine
  }

  static async open(uri: string): Promise<Bench> {
    const { engine, close } = await engineHere()
    return new Bench(engine, await openDestination(uri, engine), close)
  }

  /** Loads rows of `id`, `at` (the cursor) and whatever else the test names. */
  async load(
    target: TableName,
    rows: StageRows,
    request: Partial<Omit<LoadRequest, 'stage' | 'target'>> = {},
  ): Promise<LoadResult> {
    const stage = await stageOf(this.engine, rows)
    try {
      return await load(
        this.destination,
        {
          account: rows.account ?? 'shop',
          sourceTable: 'events',
          strategy: 'merge',
          key: ['id'],
          cursorColumn: 'at',
          covered: [],
          reread: [],
          runStartedAtMs: RUN_STARTED_AT_MS,
          refresh: false,
          ...request,
          stage,
          target,
        },
        never,
      )
    } finally {
      await this.engine.drop(stage)
    }
  }

  /** All rows of a table in the order of their ids. */
  rows(target: TableName, columns = '*', orderBy = 'id'): Promise<readonly SqlRow[]> {
    return this.run(`select ${columns} from ${this.destination.dialect.table(target)} order by ${orderBy}`)
  }

  run(sql: string, values: readonly (string | number)[] = []): Promise<readonly SqlRow[]> {
    return this.destination.query({ sql, values })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.destination[Symbol.asyncDispose]()
    await this.#closeEngine()
  }
}
