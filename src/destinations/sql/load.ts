import { ACCOUNT_COLUMN } from '../../model/names.ts'
import type { TableName } from '../../model/names.ts'
import type { Batch, LoadResult, SetResult, TargetRequest } from '../target.ts'
import { advance, forgetTarget, recordSnapshot } from './coverage-store.ts'
import type { Database, Transaction } from './database.ts'
import { execute, reshape } from './execute.ts'
import type { LoadMode, LoadPlan, PlanRequest } from './load-plan.ts'
import { loadSet, prepareSet } from './load-set.ts'
import type { SetLoad } from './load-set.ts'
import { lockTable } from './lock-table.ts'
import { modeOf } from './mode.ts'
import { occupied } from './occupied.ts'
import { planLoad } from './plan.ts'
import { resultOf } from './result.ts'
import { rememberAccount } from './store/accounts.ts'
import { ensureStore } from './store/ensure.ts'
import { noteMadeOf } from './store/made-of.ts'
import { windowsOfAllPasses } from './windows-of-all-passes.ts'

/** One batch, what it covers, and the table it goes into: the target itself or its shadow. */
export type LoadRequest = TargetRequest & Batch & Readonly<{ into: TableName }>

/**
 * Loads a batch with its coverage in one transaction: after a failure at any point the destination is as it was.
 * @throws SluiceError (destination) when the table cannot take the rows.
 */
export async function load(
  database: Database,
  request: LoadRequest,
  signal: AbortSignal,
): Promise<LoadResult> {
  const isAside = request.into.name !== request.table.name
  const mode = modeOf(request, { isAside })
  return database.transaction(async (tx) => {
    await ensureStore(database, tx)
    await rememberAccount(database, tx, request)
    await lockTable(tx, database.dialect, request.table)
    if (isAside && request.cursor !== null) await foresee(database, tx, request)
    const main = await prepare(database, tx, request, mode)
    const sets: SetLoad[] = []
    for (const part of request.also)
      sets.push(await prepareSet(database, tx, request, { ...part, mode, isAside }))
    await reshape(tx, [main, ...sets.map(({ plan }) => plan)], database.dialect)
    const scope = { ...request, target: request.into }
    // What is gathered aside says so when it takes its place.
    if (!isAside)
      await noteMadeOf(database, tx, scope, { ...request, anew: mode === 'renew' && request.anew })
    const counted = await execute(tx, main, { stage: request.stage, dialect: database.dialect })
    const also: SetResult[] = []
    for (const set of sets) also.push(await loadSet(tx, set, request, database.dialect))
    const { covered, cursor } = request
    await advance(tx, database.dialect, scope, { covered, lookbackSeconds: cursor?.lookbackSeconds ?? 0 })
    if (cursor === null && !isAside && mode !== 'append')
      await recordSnapshot(tx, database.dialect, scope, {
        takenAtMs: request.readAt * 1000,
        rows: request.stage.rows,
      })
    const { stage, readAt } = request
    return { ...resultOf(counted, main, { rows: stage.rows, readAt, withoutNul: tx.withoutNul }), also }
  }, signal)
}

/**
 * A shadow has no column of its own that could refuse; the table whose rows it will replace may have one, and
 * that is said now, not after hours of reading.
 */
async function foresee(database: Database, tx: Transaction, request: LoadRequest): Promise<void> {
  const { dialect } = database
  const { shape, others } = await occupied(database, tx, { account: request.account, target: request.table })
  if (dialect.swap === 'rows' || others)
    planLoad({ ...planRequest(request, modeOf(request, { isAside: false })), actual: shape }, dialect)
}

async function prepare(
  database: Database,
  tx: Transaction,
  request: LoadRequest,
  mode: LoadMode,
): Promise<LoadPlan> {
  const actual = await database.describe(request.into)
  const plan = planLoad({ ...planRequest(request, mode), actual }, database.dialect)
  // Before the table is made, which may commit: the coverage of a dropped one must never speak for it.
  if (actual === null) await forgetTarget(tx, database.dialect, request.into)
  return plan
}

const planRequest = (request: LoadRequest, mode: LoadMode): PlanRequest => ({
  target: request.into,
  columns: request.stage.columns,
  actual: null,
  mode,
  account: request.account,
  key: [ACCOUNT_COLUMN, ...request.key],
  cursorColumn: request.cursor?.column ?? null,
  cursorFixed: request.cursor?.fixed ?? false,
  windows: windowsOfAllPasses(request.covered, request.passes),
  mayHold: request.mayHold,
  reread: request.reread,
  runStartedAtMs: request.readAt * 1000,
})
