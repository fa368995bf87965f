import type { TableName } from '../../model/names.ts'
import type { StageColumn } from '../../model/stage.ts'
import type { EpochSeconds } from '../../model/time.ts'
import type { Mutex } from '../../util/mutex.ts'
import type {
  Aside,
  Batch,
  BegunRun,
  HalfOpen,
  Loader,
  LoadResult,
  OpenWindow,
  RollCall,
  RollCallScope,
  Target,
  TargetRequest,
  TargetState,
} from '../target.ts'
import { checkTarget } from './check-target.ts'
import { targetText } from './coverage-sql.ts'
import type { Scope } from './coverage-sql.ts'
import { readCoverage, readSnapshot } from './coverage-store.ts'
import type { Database } from './database.ts'
import { countRows } from './count-rows.ts'
import { lastRows } from './last-rows.ts'
import { load } from './load.ts'
import { beginRun, endRun, readUnfinished } from './run-store.ts'
import { SqlRollCall } from './roll-call.ts'
import { shadowOf } from './shadow.ts'
import { complete, discard } from './swap.ts'

/** A database and the turns in which it is used. */
export type Connected = Readonly<{ database: Database; turns: Mutex }>

/** Rows that go into one table of a database: the target's own, or its shadow. */
class SqlLoader implements Loader {
  protected readonly database: Database
  protected readonly turns: Mutex
  protected readonly request: TargetRequest
  readonly #into: TableName

  constructor({ database, turns }: Connected, request: TargetRequest, into: TableName) {
    this.database = database
    this.turns = turns
    this.request = request
    this.#into = into
  }

  get #scope(): Scope {
    const { account, sourceTable } = this.request
    return { account, sourceTable, target: this.#into }
  }

  state(): Promise<TargetState> {
    return this.turns.run(async () => ({
      coverage: await readCoverage(this.database, this.#scope),
      unfinished: await readUnfinished(this.database, this.#scope),
      snapshot: await readSnapshot(this.database, this.#scope),
      columns: ((await this.database.describe(this.#into))?.columns ?? []).map(({ name }) => name),
    }))
  }

  lastRows(windows: readonly OpenWindow[]): Promise<readonly (EpochSeconds | null)[] | null> {
    const { cursor } = this.request
    if (cursor === null) return Promise.resolve(null)
    return this.turns.run(() => lastRows(this.database, this.#scope, cursor.column, windows))
  }

  begin(run: BegunRun, signal: AbortSignal): Promise<void> {
    return this.turns.run(() => beginRun(this.database, { ...this.request, target: this.#into }, run, signal))
  }

  load(batch: Batch, signal: AbortSignal): Promise<LoadResult> {
    return this.turns.run(() => load(this.database, { ...this.request, ...batch, into: this.#into }, signal))
  }

  end(signal: AbortSignal): Promise<void> {
    return this.turns.run(() => endRun(this.database, this.#scope, signal))
  }
}

/** The destination table of one source table and account. */
export class SqlTarget extends SqlLoader implements Target {
  readonly name: string

  constructor(connected: Connected, request: TargetRequest) {
    super(connected, request, request.table)
    this.name = targetText(request.table, connected.database.dialect)
  }

  check(columns: readonly StageColumn[], signal: AbortSignal): Promise<void> {
    return this.turns.run(() => checkTarget(this.database, { ...this.request, columns }, signal))
  }

  count(inside: HalfOpen): Promise<Readonly<{ inside: number; outside: number }>> {
    return this.turns.run(() => countRows(this.database, this.request, inside))
  }

  aside(): Aside {
    return new SqlAside({ database: this.database, turns: this.turns }, this.request)
  }

  get canMark(): boolean {
    return true
  }

  rollCall(scope: RollCallScope): RollCall {
    return new SqlRollCall({ database: this.database, turns: this.turns }, this.request, scope)
  }
}

/** Rows that wait in a table beside the target. */
class SqlAside extends SqlLoader implements Aside {
  constructor(connected: Connected, request: TargetRequest) {
    super(connected, request, shadowOf(request.table, request.account))
  }

  complete(runStartedAt: EpochSeconds, signal: AbortSignal): Promise<LoadResult> {
    return this.turns.run(() => complete(this.database, this.request, runStartedAt, signal))
  }

  discard(signal: AbortSignal): Promise<void> {
    return this.turns.run(() => discard(this.database, this.request, signal))
  }
}
