import { ACCOUNT_COLUMN } from '../../model/names.ts'
import type { TableName } from '../../model/names.ts'
import type { Stage } from '../../model/stage.ts'
import type { RowSet, SetResult } from '../target.ts'
import type { Database, Transaction } from './database.ts'
import { execute } from './execute.ts'
import type { Dialect } from './dialect.ts'
import type { LoadMode, LoadPlan } from './load-plan.ts'
import { lockTable } from './lock-table.ts'
import type { LoadRequest } from './load.ts'
import { planLoad } from './plan.ts'
import { resultOf } from './result.ts'
import { shadowOf } from './shadow.ts'

/** How the rows of a set go in beside a main stage that goes in by `mode`. */
export const setModeOf = (mode: LoadMode): LoadMode =>
  mode === 'snapshot' || mode === 'renew' ? mode : 'merge'

/** Rows of another table that came with a batch, and how they go in; `owner`: see `RowSet`. */
export type SetLoad = Readonly<{ set: RowSet; stage: Stage; plan: LoadPlan; owner: string | null }>

/** Plans a set inside the transaction that loads its batch. */
export async function prepareSet(
  database: Database,
  tx: Transaction,
  request: LoadRequest,
  part: Readonly<{ set: RowSet; stage: Stage; mode: LoadMode; isAside: boolean }>,
): Promise<SetLoad> {
  const { set, stage, isAside } = part
  const { dialect } = database
  const into: TableName = isAside ? shadowOf(set.table, request.account) : set.table
  await lockTable(tx, dialect, set.table)
  const mode = setModeOf(part.mode)
  // What is gathered aside holds nothing that could be missing.
  const owner = mode === 'merge' && !isAside ? set.owner : null
  const plan = planLoad(
    {
      target: into,
      columns: stage.columns,
      actual: await database.describe(into),
      mode,
      account: request.account,
      key: [ACCOUNT_COLUMN, ...set.key],
      cursorColumn: null,
      cursorFixed: false,
      windows: [],
      mayHold: null,
      reread: [],
      owner,
      runStartedAtMs: request.readAt * 1000,
    },
    dialect,
  )
  return { set, stage, plan, owner }
}

export async function loadSet(
  tx: Transaction,
  { set, stage, plan, owner }: SetLoad,
  request: LoadRequest,
  dialect: Dialect,
): Promise<SetResult> {
  const [key = 'id'] = request.key
  const main = owner === null ? {} : { main: { stage: request.stage, key } }
  const counted = await execute(tx, plan, { stage, ...main, dialect })
  const result = resultOf(counted, plan, { rows: stage.rows, readAt: request.readAt, withoutNul: 0 })
  return { sourceTable: set.sourceTable, rows: stage.rows, ...result }
}
