import type { Engine } from '../../src/engine/engine.ts'
import type { Database, SqlRow } from '../../src/destinations/sql/database.ts'
import type {
  Batch,
  LoadResult,
  Place,
  RowSet,
  Strategy,
  Target,
  TargetState,
} from '../../src/destinations/target.ts'
import type { AccountIdentity } from '../../src/model/account.ts'
import type { MadeOf, Telltale } from '../../src/model/made-of.ts'
import type { TableName } from '../../src/model/names.ts'
import type { Claims } from './claims.ts'
import { engineHere } from './engine-here.ts'
import type { Eyes, Opened } from './eyes.ts'
import { stageOf } from './stage-of.ts'
import type { StageRows } from './stage-of.ts'

export const RUN_STARTED_AT = Date.parse('2026-02-01T00:00:00Z') / 1000
export const never = new AbortController().signal

/** What tests say of a load where it is not the ordinary one. */
export type Loading = Partial<
  Omit<Batch, 'stage' | 'also'> & {
    account: string
    sourceTable: string
    strategy: Strategy
    key: readonly string[]
    cursorColumn: string | null
    cursorFixed: boolean
    lookbackSeconds: number
    passes: readonly string[]
    refresh: boolean
    identity: AccountIdentity | null
    madeOf: MadeOf
    telltale: Telltale
    sets: readonly RowSet[]
    /** Rows of sets that come with the batch. */
    also: readonly Readonly<{ set: RowSet; rows: StageRows }>[]
    signal: AbortSignal
  }
>

/** An open destination, and the few words that tests say over and over. */
export class Bench implements AsyncDisposable {
  readonly engine: Engine
  readonly place: Place
  readonly eyes: Eyes
  readonly #database: Database | null
  readonly #closeEngine: () => Promise<void>

  private constructor(engine: Engine, opened: Opened, closeEngine: () => Promise<void>) {
    this.engine = engine
    this.place = opened.place
    this.eyes = opened.eyes
    this.#database = opened.database
    this.#closeEngine = closeEngine
  }

  static async open(uri: string, { open }: Claims): Promise<Bench> {
    const { engine, close } = await engineHere()
    return new Bench(engine, await open(uri, engine), close)
  }

  /** The same connection as the place's; only for tests of what claims to speak SQL. */
  get database(): Database {
    if (this.#database === null) throw new TypeError(`"${this.place.label}" speaks no SQL`)
    return this.#database
  }

  target(table: TableName, loading: Loading = {}): Target {
    const { cursorColumn = 'at', cursorFixed = false, lookbackSeconds = 0 } = loading
    return this.place.target({
      account: loading.account ?? 'shop',
      sourceTable: loading.sourceTable ?? 'events',
      table,
      strategy: loading.strategy ?? 'merge',
      key: loading.key ?? ['id'],
      cursor: cursorColumn === null ? null : { column: cursorColumn, fixed: cursorFixed, lookbackSeconds },
      anew: loading.refresh ?? false,
      passes: loading.passes ?? [''],
      identity: loading.identity ?? null,
      madeOf: loading.madeOf ?? { flatten: false },
      telltale: loading.telltale ?? { nested: [], flat: [] },
      sets: loading.sets ?? (loading.also ?? []).map(({ set }) => set),
    })
  }

  state(table: TableName, loading: Loading = {}): Promise<TargetState> {
    return this.target(table, loading).state()
  }

  /** Loads rows of `id`, `at` (the cursor) and whatever else the test names; as `sync` does, aside or in place. */
  async load(table: TableName, rows: StageRows, loading: Loading = {}): Promise<LoadResult> {
    const target = this.target(table, { account: rows.account ?? 'shop', ...loading })
    const isAside =
      loading.cursorColumn !== null && (loading.refresh === true || loading.strategy === 'replace')
    const stage = await stageOf(this.engine, rows)
    const also: Batch['also'][number][] = []
    for (const part of loading.also ?? [])
      also.push({ set: part.set, stage: await stageOf(this.engine, part.rows) })
    try {
      const { covered = [], mayHold = null, reread = [], readAt = RUN_STARTED_AT } = loading
      const batch = { covered, mayHold, reread, readAt, stage, also }
      return await (isAside ? target.aside() : target).load(batch, loading.signal ?? never)
    } finally {
      for (const each of [stage, ...also.map((part) => part.stage)]) await this.engine.drop(each)
    }
  }

  /** Puts what was gathered aside in place. */
  complete(table: TableName, loading: Loading = {}): Promise<LoadResult> {
    return this.target(table, loading).aside().complete(RUN_STARTED_AT, never)
  }

  /** All rows of a table in the order of their ids. */
  rows(target: TableName, columns = '*', orderBy = 'id'): Promise<readonly SqlRow[]> {
    return this.eyes.rows(target, columns, orderBy)
  }

  /** Raw SQL, where `database` is. */
  run(sql: string, values: readonly (string | number)[] = []): Promise<readonly SqlRow[]> {
    return this.database.query({ sql, values })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.place[Symbol.asyncDispose]()
    await this.#closeEngine()
  }
}
