import { SluiceError } from '../../model/errors.ts'
import { ACCOUNT_COLUMN } from '../../model/names.ts'
import type { StageColumn } from '../../model/stage.ts'
import { formatTableName } from '../../model/table-name.ts'
import { refuseChangedShape } from '../changed-shape.ts'
import type { TargetRequest } from '../target.ts'
import { readOtherSources } from './coverage-store.ts'
import type { Database } from './database.ts'
import { modeOf } from './mode.ts'
import { occupied } from './occupied.ts'
import { planLoad } from './plan.ts'
import { findMadeOf } from './store/made-of.ts'

/** A target, and the columns of every stage: the declared ones and sluice's own. */
export type TargetCheck = TargetRequest & Readonly<{ columns: readonly StageColumn[] }>

/**
 * Says before anything is read what a load would only say once rows are there. Changes nothing.
 * @throws SluiceError
 */
export async function checkTarget(
  database: Database,
  request: TargetCheck,
  signal: AbortSignal,
): Promise<void> {
  await refuseMixture(database, request)
  const scope = { ...request, target: request.table }
  // Read anew, rows are all of one kind again.
  if (!request.anew) refuseChangedShape(request, await findMadeOf(database, scope, request.telltale))
  if ((await database.describe(request.table)) === null) return
  const { shape, others } = await database.transaction(
    (tx) => occupied(database, tx, { account: request.account, target: request.table }),
    signal,
  )
  const willBeReplaced = request.cursor !== null && (request.anew || request.strategy === 'replace')
  if (willBeReplaced && database.dialect.swap === 'rename' && !others) return
  planLoad(
    {
      target: request.table,
      columns: request.columns,
      actual: shape,
      mode: modeOf(request, { isAside: false }),
      account: request.account,
      key: [ACCOUNT_COLUMN, ...request.key],
      cursorColumn: request.cursor?.column ?? null,
      cursorFixed: request.cursor?.fixed ?? false,
      windows: [],
      mayHold: null,
      reread: [],
      runStartedAtMs: 0,
    },
    database.dialect,
  )
}

/** A name that was copied and not changed would mark every row of the other table as gone, or delete it. */
async function refuseMixture(
  database: Database,
  { account, sourceTable, table }: TargetCheck,
): Promise<void> {
  const [other] = await readOtherSources(database, { account, sourceTable, target: table })
  if (other !== undefined)
    throw new SluiceError(
      'occupied-table',
      (option) =>
        `Table "${formatTableName(table)}" holds Klaviyo's "${other}", so "${sourceTable}" cannot go there. Name another ${option('destTable')}, or drop the table first.`,
      { facts: { table: sourceTable } },
    )
}
