import { SluiceError } from '../model/errors.ts'
import { ACCOUNT_COLUMN } from '../model/names.ts'
import type { TableName } from '../model/names.ts'
import type { StageColumn } from '../model/stage.ts'
import type { ColumnType } from '../model/table.ts'
import { ensureStore, forgetScope, lockTable, moveScope } from './coverage-store.ts'
import type { Scope } from './coverage-store.ts'
import type { Destination, Shape, Statement, Transaction } from './destination.ts'
import type { Dialect } from './dialect.ts'
import { keyIndexName, planLoad } from './plan.ts'
import type { LoadPlan } from './load-plan.ts'
import { render } from './render.ts'
import { plain, Values } from './sql.ts'

/** Where a table is gathered while it is read anew; readers keep the old one until `swap`. */
export const shadowOf = ({ schema, name }: TableName): TableName => ({
  schema,
  name: `${name}__sluice_refresh`,
})

export type SwapRequest = Readonly<
  Scope & { key: readonly string[]; cursorColumn: string; runStartedAtMs: number }
>

/** `rename`: the shadow becomes the table. `rows`: the account's rows are exchanged by `plan`. */
export type SwapPlan =
  | Readonly<{ kind: 'rename'; drop: boolean }>
  | Readonly<{ kind: 'rows'; plan: LoadPlan; keepShadow: boolean }>

/** What is there, and whether rows of other accounts are in it. */
export type Occupied = Readonly<{ shape: Shape; others: boolean }>

/** How the shadow takes the target's place. */
export function planSwap(
  request: SwapRequest,
  { target, shadow }: Readonly<{ target: Occupied; shadow: Occupied }>,
  dialect: Dialect,
): SwapPlan {
  if (dialect.swap === 'rename' && !target.others && !shadow.others) {
    return { kind: 'rename', drop: target.shape !== null }
  }
  const versions = dialect.identifier(keyIndexName(shadowOf(request.target), false))
  const plan = planLoad(
    {
      ...request,
      columns: columnsOf(shadow.shape, dialect),
      actual: target.shape,
      mode: 'renew',
      key: [ACCOUNT_COLUMN, ...request.key],
      keepsVersions: shadow.shape?.indexes.includes(versions) ?? false,
      cursorFixed: false,
      windows: [],
      knownWithin: null,
      reread: [],
    },
    dialect,
  )
  return { kind: 'rows', plan, keepShadow: shadow.others }
}

export function renderSwap(
  plan: SwapPlan,
  { account, target }: Scope,
  dialect: Dialect,
): readonly Statement[] {
  const shadow = shadowOf(target)
  if (plan.kind === 'rename') {
    return [
      ...(plan.drop ? [plain(`drop table ${dialect.table(target)}`)] : []),
      plain(`alter table ${dialect.table(shadow)} rename to ${dialect.quote(target.name)}`),
    ]
  }
  return [
    ...render(plan.plan, dialect, dialect.table(shadow)),
    plan.keepShadow ? deleteAccount(shadow, account, dialect) : plain(`drop table ${dialect.table(shadow)}`),
  ]
}

/**
 * Puts the refreshed rows and their coverage in place of the account's old ones, in one transaction.
 * @returns whether there was anything to put in place.
 */
export async function swap(
  destination: Destination,
  request: SwapRequest,
  signal: AbortSignal,
): Promise<void> {
  const { dialect } = destination
  const shadowScope = { ...request, target: shadowOf(request.target) }
  await destination.transaction(
    null,
    async (tx) => {
      await lockTable(tx, dialect, request.target)
      const shadow = await occupied(destination, tx, shadowScope)
      if (shadow.shape === null) {
        throw new SluiceError(
          'bug',
          `Table "${request.target.name}" was not read anew, so there is nothing to swap in.`,
        )
      }
      const target = await occupied(destination, tx, request)
      const plan = planSwap(request, { target, shadow }, dialect)
      for (const statement of renderSwap(plan, request, dialect)) await tx.run(statement)
      await ensureStore(destination, tx)
      await moveScope(tx, dialect, shadowScope, request)
    },
    signal,
  )
}

/** Throws away what an unfinished refresh of this account has gathered. */
export async function discardRefresh(
  destination: Destination,
  scope: Scope,
  signal: AbortSignal,
): Promise<void> {
  const { dialect } = destination
  const shadowScope = { ...scope, target: shadowOf(scope.target) }
  if ((await destination.describe(shadowScope.target)) === null) return
  await destination.transaction(
    null,
    async (tx) => {
      await lockTable(tx, dialect, scope.target)
      const { others } = await occupied(destination, tx, shadowScope)
      await tx.run(
        others
          ? deleteAccount(shadowScope.target, scope.account, dialect)
          : plain(`drop table ${dialect.table(shadowScope.target)}`),
      )
      await ensureStore(destination, tx)
      await forgetScope(tx, dialect, shadowScope)
    },
    signal,
  )
}

/** Looks at a table, and whether it holds rows of others than this account. */
export async function occupied(
  destination: Destination,
  tx: Transaction,
  { account, target }: Scope,
): Promise<Occupied> {
  const { dialect } = destination
  const shape = await destination.describe(target)
  if (shape === null) return { shape, others: false }
  const name = dialect.identifier(ACCOUNT_COLUMN)
  // Without the column these are somebody else's rows; planning will say so.
  if (!shape.columns.some((column) => column.name.toLowerCase() === name)) return { shape, others: true }
  const values = new Values()
  const [row] = await tx.run(
    values.statement(
      `select exists (select 1 from ${dialect.table(target)} where ${dialect.quote(ACCOUNT_COLUMN)} is distinct from ${values.bind(account)}) as others`,
    ),
  )
  return { shape, others: row?.['others'] === true }
}

function deleteAccount(table: TableName, account: string, dialect: Dialect): Statement {
  const values = new Values()
  return values.statement(
    `delete from ${dialect.table(table)}\nwhere ${dialect.quote(ACCOUNT_COLUMN)} = ${values.bind(account)}`,
  )
}

function columnsOf(shape: Shape, dialect: Dialect): readonly StageColumn[] {
  const kinds = new Map(Object.entries(dialect.types).map(([kind, type]) => [type, kind as ColumnType]))
  return (shape?.columns ?? []).map(({ name, type }) => ({ name, type: kinds.get(type) ?? 'text' }))
}
