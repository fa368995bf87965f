import { SluiceError } from '../../model/errors.ts'
import { ACCOUNT_COLUMN, DELETED_AT_COLUMN } from '../../model/names.ts'
import type { StageColumn } from '../../model/stage.ts'
import type { ColumnType } from '../../model/table.ts'
import type { EpochSeconds } from '../../model/time.ts'
import type { LoadResult, SetResult, TargetRequest } from '../target.ts'
import type { Scope } from './coverage-sql.ts'
import { forgetScope, forgetTarget, moveScope, recordSnapshot } from './coverage-store.ts'
import type { Database, Shape, Statement, Transaction } from './database.ts'
import type { Dialect } from './dialect.ts'
import { reshape, runAll } from './execute.ts'
import { rowsPart } from './load-plan.ts'
import type { LoadPlan } from './load-plan.ts'
import { lockTable } from './lock-table.ts'
import { completionOf } from './mode.ts'
import { occupied } from './occupied.ts'
import type { Occupied } from './occupied.ts'
import { keyIndexName, planLoad } from './plan.ts'
import { countsOfRenewed } from './render-renewed.ts'
import type { RenewedRows } from './render-renewed.ts'
import { render } from './render.ts'
import { resultOf } from './result.ts'
import { shadowOf } from './shadow.ts'
import { plain } from './sql.ts'
import { rememberAccount } from './store/accounts.ts'
import { ensureStore } from './store/ensure.ts'
import { noteMadeOf } from './store/made-of.ts'

/** `rename`: the shadow becomes the table. `rows`: the shadow's rows go into it by `plan`. */
export type SwapPlan =
  | Readonly<{ kind: 'rename'; old: RenewedRows | null }>
  | Readonly<{ kind: 'rows'; plan: LoadPlan }>

/** How the shadow takes the target's place. */
export function planSwap(
  request: SwapRequest,
  { target, shadow }: Readonly<{ target: Occupied; shadow: Shape }>,
  dialect: Dialect,
): SwapPlan {
  const mode = completionOf(request)
  if (mode === 'renew' && dialect.swap === 'rename' && !target.others)
    return { kind: 'rename', old: target.shape === null ? null : renewedRows(request, dialect) }
  const versions = dialect.identifier(keyIndexName(shadowOf(request.table, request.account), false))
  const plan = planLoad(
    {
      target: request.table,
      account: request.account,
      columns: columnsOf(shadow, dialect),
      actual: target.shape,
      mode,
      key: [ACCOUNT_COLUMN, ...request.key],
      keepsVersions: mode === 'append' || (shadow?.indexes.includes(versions) ?? false),
      cursorColumn: request.cursor?.column ?? null,
      cursorFixed: false,
      windows: [],
      mayHold: null,
      reread: [],
      runStartedAtMs: request.runStartedAt * 1000,
    },
    dialect,
  )
  return { kind: 'rows', plan }
}

export function renderSwap(
  plan: SwapPlan,
  { account, table }: Pick<TargetRequest, 'account' | 'table'>,
  dialect: Dialect,
): readonly Statement[] {
  const shadow = dialect.table(shadowOf(table, account))
  if (plan.kind === 'rows') {
    // Where dropping would commit before the coverage is in, it is left empty: rows that are there already, with no
    // coverage to speak for them, would pass for those of the next refresh.
    const away = dialect.ddl === 'commits' ? `delete from ${shadow}` : `drop table ${shadow}`
    return [...render(plan.plan, dialect, { stage: shadow }), plain(away)]
  }
  return [
    ...(plan.old === null
      ? []
      : [
          ...countsOfRenewed(plan.old, { dialect, table: dialect.table(table), staged: shadow }),
          plain(`drop table ${dialect.table(table)}`),
        ]),
    plain(`alter table ${shadow} rename to ${dialect.quote(table.name)}`),
  ]
}

/** Puts what was gathered aside, and its coverage, in place of the account's old rows, in one transaction. */
export async function complete(
  database: Database,
  request: TargetRequest,
  runStartedAt: EpochSeconds,
  signal: AbortSignal,
): Promise<LoadResult> {
  const { dialect } = database
  const { table, account, sourceTable } = request
  const scope: Scope = { account, sourceTable, target: table }
  const result = await database.transaction(async (tx) => {
    await ensureStore(database, tx)
    await rememberAccount(database, tx, request)
    await lockTable(tx, dialect, table)
    // Of a table that somebody dropped nothing counts any more, of no account.
    if ((await database.describe(table)) === null) await forgetTarget(tx, dialect, table)
    const main = await preparePut(database, tx, { ...request, runStartedAt })
    if (main === null)
      throw new SluiceError(
        'bug',
        `Table "${table.name}" was not read anew, so there is nothing to put in place.`,
      )
    const sets: [string, Put][] = []
    for (const set of request.sets) {
      const put = await preparePut(database, tx, {
        ...request,
        ...set,
        cursor: null,
        // The sets of rows that take the place of all the account's do so too.
        anew: request.anew || request.cursor !== null,
        runStartedAt,
      })
      if (put !== null) sets.push([set.sourceTable, put])
    }
    const all = [main, ...sets.map(([, put]) => put)]
    await reshape(
      tx,
      all.flatMap(({ plan }) => (plan.kind === 'rows' ? [plan.plan] : [])),
      dialect,
    )
    const placed = await putInPlace(tx, main, dialect)
    const also: SetResult[] = []
    for (const [name, put] of sets)
      also.push({ sourceTable: name, rows: put.rows, ...(await putInPlace(tx, put, dialect)) })
    await noteMadeOf(database, tx, scope, request)
    if (request.cursor === null)
      await recordSnapshot(tx, dialect, scope, { takenAtMs: runStartedAt * 1000, rows: main.rows })
    else await moveScope(tx, dialect, { ...scope, target: shadowOf(table, account) }, scope)
    return { ...placed, also }
  }, signal)
  if (dialect.ddl === 'commits') await discard(database, request, signal)
  return result
}

/** Rows that were gathered aside, and how they take their place. */
type Put = Readonly<{ request: SwapRequest; plan: SwapPlan; rows: number }>
type SwapRequest = TargetRequest & Readonly<{ runStartedAt: EpochSeconds }>

/** Null: nothing was gathered. */
async function preparePut(database: Database, tx: Transaction, request: SwapRequest): Promise<Put | null> {
  const { dialect } = database
  const { table, account } = request
  await lockTable(tx, dialect, table)
  const shadow = await database.describe(shadowOf(table, account))
  if (shadow === null) return null
  const target = await occupied(database, tx, { account, target: table })
  const rows = await countRows(tx, dialect.table(shadowOf(table, account)))
  return { request, plan: planSwap(request, { target, shadow }, dialect), rows }
}

async function putInPlace(
  tx: Transaction,
  { request, plan, rows }: Put,
  dialect: Dialect,
): Promise<Omit<LoadResult, 'also'>> {
  const rest = plan.kind === 'rows' ? { ...plan, plan: rowsPart(plan.plan) } : plan
  const isFirst = plan.kind === 'rename' && plan.old === null
  const counted = [
    ...(isFirst ? [{ inserted: rows }] : []),
    ...(await runAll(tx, renderSwap(rest, request, dialect))),
  ]
  const steps = plan.kind === 'rows' ? plan.plan.steps : []
  return resultOf(
    counted,
    { target: request.table, steps },
    { rows, readAt: request.runStartedAt, withoutNul: 0 },
  )
}

/**
 * Throws away what an unfinished run of this account has gathered. The table goes first: coverage of one that is not
 * there counts for nothing.
 */
export async function discard(
  database: Database,
  { table, account, sourceTable, sets }: TargetRequest,
  signal: AbortSignal,
): Promise<void> {
  const { dialect } = database
  for (const each of [table, ...sets.map((set) => set.table)]) {
    const shadow = shadowOf(each, account)
    if ((await database.describe(shadow)) === null) continue
    await database.transaction(async (tx) => {
      await ensureStore(database, tx)
      await lockTable(tx, dialect, each)
      await tx.run(plain(`drop table ${dialect.table(shadow)}`))
      await forgetScope(tx, dialect, { account, sourceTable, target: shadow })
    }, signal)
  }
}

function renewedRows(
  { account, key }: Pick<TargetRequest, 'account' | 'key'>,
  dialect: Dialect,
): RenewedRows {
  const pairs = [ACCOUNT_COLUMN, ...key].map((name) => [
    `t.${dialect.quote(name)}`,
    `s.${dialect.quote(name)}`,
  ])
  const [[t = '', s = ''] = []] = pairs
  return { account, own: { t, s }, sameKey: pairs.map((pair) => pair.join(' = ')).join(' and ') }
}

async function countRows(tx: Transaction, table: string): Promise<number> {
  const [row] = await tx.run(plain(`select count(*) as row_count from ${table}`))
  return Number(row?.['row_count'] ?? 0)
}

function columnsOf(shape: Shape, dialect: Dialect): readonly StageColumn[] {
  const kinds = new Map(Object.entries(dialect.types).map(([kind, type]) => [type, kind as ColumnType]))
  return (shape?.columns ?? [])
    .filter(({ name }) => name !== DELETED_AT_COLUMN)
    .map(({ name, type }) => ({ name, type: kinds.get(type) ?? 'text' }))
}
