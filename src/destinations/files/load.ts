import { cover } from '../../model/coverage.ts'
import type { MadeOf } from '../../model/made-of.ts'
import { ACCOUNT_COLUMN } from '../../model/names.ts'
import type { TableName } from '../../model/names.ts'
import type { StageColumn } from '../../model/stage.ts'
import type { Shape } from '../sql/database.ts'
import type { LoadMode, LoadPlan, PlanRequest } from '../sql/load-plan.ts'
import { setModeOf } from '../sql/load-set.ts'
import { planLoad } from '../sql/plan.ts'
import { resultOf } from '../sql/result.ts'
import { windowsOfAllPasses } from '../sql/windows-of-all-passes.ts'
import type { Batch, LoadResult, SetResult, TargetRequest } from '../target.ts'
import { refuseChangedShape } from '../changed-shape.ts'
import { withAccount } from './accounts.ts'
import { apply } from './apply.ts'
import { candidatesOf } from './candidates.ts'
import type { Prepared } from './change.ts'
import { noted, notesOf, recover } from './manifest.ts'
import type { Manifest } from './manifest.ts'
import type { Opened } from './opened.ts'
import type { TableFolder } from './table-folder.ts'

/** A batch, where it goes, and how it becomes rows. */
export type LoadRequest = TargetRequest & Batch & Readonly<{ mode: LoadMode; isAside: boolean }>

/** Writes a batch, and notes what it covers. */
export async function load(
  opened: Opened,
  table: TableFolder,
  request: LoadRequest,
): Promise<Prepared & Readonly<{ result: Omit<LoadResult, 'also'> }>> {
  const { mode, stage, covered, cursor, readAt } = request
  const manifest = await table.settled()
  const accounts = await withAccount(opened, manifest, request)
  const madeOf = request.isAside ? {} : noteMadeOf(manifest, request)
  const plan = planFor(opened, manifest, { ...request, columns: stage.columns })
  const staged = opened.dialect.quote(stage.relation)
  const { counted, changed } = await apply(opened, table, {
    manifest,
    account: request.account,
    plan,
    staged: { stage: staged },
    candidates: await candidatesOf(opened, manifest, { ...request, staged }),
    monthOf: cursor?.fixed === true ? cursor.column : null,
  })
  const lookbackSeconds = cursor?.lookbackSeconds ?? 0
  // Of a table that is not there, or not any more, nothing is covered.
  const known = manifest.columns.length === 0 ? { ...manifest, notes: [] } : manifest
  const coverage = recover(
    notesOf(known, request),
    (before, pass) =>
      covered
        .filter((part) => part.pass === pass)
        .reduce((sum, { window }) => cover(sum, window, lookbackSeconds), before),
    covered.map(({ pass }) => pass),
  )
  const isSnapshot = cursor === null && !request.isAside && mode !== 'append'
  const snapshot = isSnapshot ? { snapshot: { takenAt: readAt, rows: stage.rows } } : {}
  return {
    table,
    before: manifest,
    next: {
      ...manifest,
      ...changed,
      accounts,
      notes: noted(manifest, request, { coverage, ...snapshot, ...madeOf }),
    },
    result: resultOf(counted, plan, { rows: stage.rows, readAt, withoutNul: 0 }),
  }
}

/** What is noted of what the rows are made of; refused where others are there that are made otherwise. */
function noteMadeOf(manifest: Manifest, request: LoadRequest): Readonly<{ madeOf: MadeOf }> {
  if (request.mode !== 'renew' || !request.anew) refuseChangedShape(request, madeOfIn(manifest, request))
  return { madeOf: request.madeOf }
}

/** What the account's rows in a table are made of; null: there are none. */
export const madeOfIn = (
  manifest: Manifest,
  request: Pick<TargetRequest, 'account' | 'sourceTable'>,
): MadeOf | null => (manifest.columns.length === 0 ? null : (notesOf(manifest, request).madeOf ?? null))

/** Writes rows of another table that came with a batch. */
export async function loadSet(
  opened: Opened,
  table: TableFolder,
  request: LoadRequest,
  { set, stage }: Batch['also'][number],
): Promise<Prepared & Readonly<{ result: SetResult }>> {
  const mode = setModeOf(request.mode)
  // What is gathered aside holds nothing that could be missing.
  const owner = mode === 'merge' && !request.isAside ? set.owner : null
  const manifest = await table.settled()
  const { account, readAt } = request
  const plan = planFor(opened, manifest, {
    table: set.table,
    key: set.key,
    columns: stage.columns,
    account,
    readAt,
    mode,
    owner,
    cursor: null,
    passes: [],
  })
  const [key = 'id'] = request.key
  const quote = (name: string): string => opened.dialect.quote(name)
  const { counted, changed } = await apply(opened, table, {
    manifest,
    account,
    plan,
    staged: { stage: quote(stage.relation), main: { stage: quote(request.stage.relation), key } },
    candidates:
      mode === 'renew' ? null : manifest.files.filter((file) => file.account === account && file.rows > 0),
    monthOf: null,
  })
  const result = resultOf(counted, plan, { rows: stage.rows, readAt, withoutNul: 0 })
  return {
    table,
    before: manifest,
    next: { ...manifest, ...changed },
    result: { sourceTable: set.sourceTable, rows: stage.rows, ...result },
  }
}

type Planned = Pick<TargetRequest, 'account' | 'key' | 'cursor' | 'passes'> &
  Partial<Pick<Batch, 'covered' | 'mayHold' | 'reread' | 'readAt'>> &
  Readonly<{ table: TableName; mode: LoadMode; columns: readonly StageColumn[]; owner?: string | null }>

/**
 * What a batch asks for, as of any database whose table has these columns.
 * @throws SluiceError (destination) when a column cannot take the values.
 */
export const planFor = (
  { dialect }: Pick<Opened, 'dialect'>,
  manifest: Pick<Manifest, 'columns'>,
  request: Planned,
): LoadPlan => planLoad(planRequest(request, shapeOf(manifest, dialect)), dialect)

function planRequest(request: Planned, actual: Shape): PlanRequest {
  const { table, columns, mode, account, key, cursor, covered, passes, mayHold, reread, readAt, owner } =
    request
  return {
    target: table,
    columns,
    actual,
    mode,
    account,
    key: [ACCOUNT_COLUMN, ...key],
    cursorColumn: cursor?.column ?? null,
    cursorFixed: cursor?.fixed ?? false,
    windows: windowsOfAllPasses(covered ?? [], passes),
    mayHold: mayHold ?? null,
    reread: reread ?? [],
    owner: owner ?? null,
    runStartedAtMs: (readAt ?? 0) * 1000,
  }
}

/** What a database would say of the table. */
const shapeOf = ({ columns }: Pick<Manifest, 'columns'>, { types }: Opened['dialect']): Shape =>
  columns.length === 0
    ? null
    : { columns: columns.map(({ name, type }) => ({ name, type: types[type] })), indexes: [] }
