import { SluiceError } from '../../model/errors.ts'
import { ACCOUNT_COLUMN, DELETED_AT_COLUMN } from '../../model/names.ts'
import type { StageColumn } from '../../model/stage.ts'
import type { ColumnType } from '../../model/table.ts'
import type { EpochSeconds } from '../../model/time.ts'
import type { LoadResult, SetResult, TargetRequest } from '../target.ts'
import type { Scope } from './coverage-sql.ts'
import { forgetScope, forgetTarget, moveScope, recordSnapshot } from './coverage-store.ts'
import type { Database, Shape, SqlRow, Statement, Transaction } from './database.ts'
import type { Dialect } from './dialect.ts'
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
  request: TargetRequest & Readonly<{ runStartedAt: EpochSeconds }>,
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
  if (plan.kind === 'rows')
    return [...render(plan.plan, dialect, { stage: shadow }), plain(`drop table ${shadow}`)]
  return [
    ...(plan.old === null
      ? []
      : [
          ...countsOfRenewed(plan.old, { table: dialect.table(table), staged: shadow }),
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
  return database.transaction(async (tx) => {
    await ensureStore(database, tx)
    await rememberAccount(database, tx, request)
    await lockTable(tx, dialect, table)
    // Of a table that somebody dropped nothing counts any more, of no account.
    if ((await database.describe(table)) === null) await forgetTarget(tx, dialect, table)
    const main = await putInPlace(database, tx, { ...request, runStartedAt })
    if (main === null)
      throw new SluiceError(
        'bug',
        `Table "${table.name}" was not read anew, so there is nothing to put in place.`,
      )
    const also: SetResult[] = []
    for (const set of request.sets) {
      const put = await putInPlace(database, tx, {
        ...request,
        ...set,
        cursor: null,
        // The sets of rows that take the place of all the account's do so too.
        anew: request.anew || request.cursor !== null,
        runStartedAt,
      })
      if (put !== null) also.push({ sourceTable: set.sourceTable, ...put })
    }
    await noteMadeOf(database, tx, scope, request)
    if (request.cursor === null)
      await recordSnapshot(tx, dialect, scope, { takenAtMs: runStartedAt * 1000, rows: main.rows })
    else await moveScope(tx, dialect, { ...scope, target: shadowOf(table, account) }, scope)
    return { ...main, also }
  }, signal)
}

type Put = Omit<LoadResult, 'also'> & Readonly<{ rows: number }>

/** Null: nothing was gathered. */
async function putInPlace(
  database: Database,
  tx: Transaction,
  request: TargetRequest & Readonly<{ runStartedAt: EpochSeconds }>,
): Promise<Put | null> {
  const { dialect } = database
  const { table, account, runStartedAt } = request
  await lockTable(tx, dialect, table)
  const shadow = await database.describe(shadowOf(table, account))
  if (shadow === null) return null
  const target = await occupied(database, tx, { account, target: table })
  const rows = await countRows(tx, dialect.table(shadowOf(table, account)))
  const plan = planSwap(request, { target, shadow }, dialect)
  const isFirst = plan.kind === 'rename' && plan.old === null
  const counted: SqlRow[] = isFirst ? [{ inserted: rows }] : []
  for (const statement of renderSwap(plan, request, dialect)) counted.push(...(await tx.run(statement)))
  const steps = plan.kind === 'rows' ? plan.plan.steps : []
  const result = resultOf(counted, { target: table, steps }, { rows, readAt: runStartedAt, withoutNul: 0 })
  return { rows, ...result }
}

/** Throws away what an unfinished run of this account has gathered. */
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
