import { ACCOUNT_COLUMN } from '../model/names.ts'
import type { TableName } from '../model/names.ts'
import type { Stage, StageColumn } from '../model/stage.ts'
import type { Window } from '../model/time.ts'
import { advance, ensureStore, forgetTarget, lockTable, recordSnapshot } from './coverage-store.ts'
import type { PassCovered, Scope } from './coverage-store.ts'
import type { Destination, SqlRow, Transaction } from './destination.ts'
import { execute } from './execute.ts'
import { windowsOfAllPasses } from './passes.ts'
import { planLoad } from './plan.ts'
import type { LoadMode, LoadPlan } from './load-plan.ts'
import { occupied, shadowOf } from './swap.ts'

export type { PassCovered, Scope } from './coverage-store.ts'

/** What the user calls it; see `LoadMode` for what it becomes. */
export type Strategy = 'merge' | 'append' | 'replace' | 'delete+insert'

/** One batch and what it covers. */
export type LoadRequest = Readonly<
  Scope & {
    stage: Stage
    strategy: Strategy
    /** Key of the source table, without the account: `['id']`. */
    key: readonly string[]
    /** Null: the table is a snapshot, and the stage holds all of it. */
    cursorColumn: string | null
    /** Whether a row keeps its cursor value for life (an event's time, as against `updated`). */
    cursorFixed?: boolean
    /** All passes of the table; `delete+insert` empties what every one of them covers. Default: one, `''`. */
    passes?: readonly string[]
    covered: readonly PassCovered[]
    /**
     * Where in time the target may hold rows of the stage already, whose cursor is then fixed: nothing is searched
     * for elsewhere. Default null: anywhere.
     */
    knownWithin?: readonly Window[] | null
    /** How long before its read time covered time needs a second look; see `cover`. Default 0. */
    lookbackSeconds?: number
    /** What was covered before this run and is read again (the lookback), to tell late rows from new ones. */
    reread: readonly Window[]
    /** Milliseconds since 1970; the stage's `_sluice_synced_at` is not earlier. */
    runStartedAtMs: number
    /**
     * Whether everything is read anew. A windowed table is then loaded into its shadow until `swap`, and
     * coverage counts for the shadow; a snapshot's rows are replaced, and those marked deleted go.
     */
    refresh: boolean
  }
>

/** What is known of a load before its first row. */
export type TargetCheck = Readonly<
  Pick<LoadRequest, keyof Scope | 'strategy' | 'key' | 'cursorColumn' | 'refresh'> & {
    /** Those of every stage: the declared ones and sluice's own. */
    columns: readonly StageColumn[]
  }
>

export type LoadResult = Readonly<{
  inserted: number
  changed: number
  unchanged: number
  /** Rows marked deleted, or removed by `delete+insert`. */
  deleted: number
  /** Of the inserted and changed rows, those inside `reread`, and the age of the oldest at the run's start. */
  late: Readonly<{ rows: number; oldestSeconds: number }>
  /** Values that lost NUL characters, because the database can store none. */
  withoutNul: number
  /** Columns that the existing table got. */
  addedColumns: readonly string[]
}>

/**
 * Loads a batch with its coverage in one transaction: after a failure at any point the destination is as it was.
 * @throws SluiceError (destination) when the table cannot take the rows.
 */
export async function load(
  destination: Destination,
  request: LoadRequest,
  signal: AbortSignal,
): Promise<LoadResult> {
  const mode = modeOf(request)
  const shadowed = isShadowed(request)
  const scope = { ...request, target: shadowed ? shadowOf(request.target) : request.target }
  return destination.transaction(
    request.stage,
    async (tx) => {
      const plan = await prepare(destination, tx, request, { mode, target: scope.target })
      if (shadowed) await foresee(destination, tx, request, mode)
      const counted = await execute(tx, plan, { rows: request.stage.rows, dialect: destination.dialect })
      await advance(tx, destination.dialect, scope, request)
      if (request.cursorColumn === null && mode !== 'append') {
        await recordSnapshot(tx, destination.dialect, scope, {
          takenAtMs: request.runStartedAtMs,
          rows: request.stage.rows,
        })
      }
      return resultOf(counted, plan, { request, withoutNul: tx.withoutNul })
    },
    signal,
  )
}

/**
 * Says before anything is read what `load` would only say once rows are there: that the target cannot take them.
 * Changes nothing.
 * @throws SluiceError (destination)
 */
export async function checkTarget(
  destination: Destination,
  { columns, ...request }: TargetCheck,
  signal: AbortSignal,
): Promise<void> {
  const actual = await destination.describe(request.target)
  if (actual === null) return
  const whole = {
    ...request,
    stage: { relation: '', rows: 0, columns, altered: [], together: 0 },
    covered: [],
    reread: [],
    runStartedAtMs: 0,
  }
  const mode = modeOf(whole)
  if (isShadowed(whole)) {
    await destination.transaction(null, (tx) => foresee(destination, tx, whole, mode), signal)
    return
  }
  planLoad({ ...planRequest(whole, mode), actual }, destination.dialect)
}

const isShadowed = ({ cursorColumn, refresh, strategy }: LoadRequest): boolean =>
  cursorColumn !== null && (refresh || strategy === 'replace')

/**
 * A shadow has no column of its own that could refuse; the table whose rows it will replace may have one, and
 * that is said now, not after hours of reading.
 */
async function foresee(
  destination: Destination,
  tx: Transaction,
  request: LoadRequest,
  mode: LoadMode,
): Promise<void> {
  const { dialect } = destination
  const { shape, others } = await occupied(destination, tx, request)
  if (dialect.swap === 'rows' || others) planLoad({ ...planRequest(request, mode), actual: shape }, dialect)
}

async function prepare(
  destination: Destination,
  tx: Transaction,
  request: LoadRequest,
  { mode, target }: Readonly<{ mode: LoadMode; target: TableName }>,
): Promise<LoadPlan> {
  await lockTable(tx, destination.dialect, request.target)
  const actual = await destination.describe(target)
  const plan = planLoad({ ...planRequest(request, mode), target, actual }, destination.dialect)
  await ensureStore(destination, tx)
  if (actual === null) await forgetTarget(tx, destination.dialect, target)
  return plan
}

const planRequest = (request: LoadRequest, mode: LoadMode): Parameters<typeof planLoad>[0] => ({
  target: request.target,
  columns: request.stage.columns,
  actual: null,
  mode,
  account: request.account,
  key: [ACCOUNT_COLUMN, ...request.key],
  cursorColumn: request.cursorColumn,
  cursorFixed: request.cursorFixed ?? false,
  windows: windowsOfAllPasses(request.covered, request.passes ?? ['']),
  knownWithin: request.knownWithin ?? null,
  reread: request.reread,
  runStartedAtMs: request.runStartedAtMs,
})

function modeOf({ strategy, cursorColumn, refresh }: LoadRequest): LoadMode {
  if (strategy === 'append') return refresh && cursorColumn === null ? 'renew' : 'append'
  if (cursorColumn === null) return refresh || strategy === 'delete+insert' ? 'renew' : 'snapshot'
  return strategy === 'delete+insert' && !refresh ? 'delete+insert' : 'merge'
}

function resultOf(
  rows: readonly SqlRow[],
  plan: LoadPlan,
  { request, withoutNul }: Readonly<{ request: LoadRequest; withoutNul: number }>,
): LoadResult {
  const sum = (name: string): number => rows.reduce((total, row) => total + Number(row[name] ?? 0), 0)
  const earliest = Math.min(...rows.map((row) => Number(row['earliest'] ?? Infinity)))
  const [inserted, changed] = [sum('inserted'), sum('changed')]
  return {
    inserted,
    changed,
    unchanged: request.stage.rows - inserted - changed,
    deleted: sum('deleted'),
    late: {
      rows: sum('late'),
      oldestSeconds: Number.isFinite(earliest) ? Math.max(0, request.runStartedAtMs / 1000 - earliest) : 0,
    },
    withoutNul,
    addedColumns: plan.steps.flatMap((step) => (step.kind === 'add column' ? [step.column.name] : [])),
  }
}
