import { join } from 'node:path'
import { DELETED_AT_COLUMN } from '../../model/names.ts'
import type { EpochSeconds } from '../../model/time.ts'
import { completionOf } from '../sql/mode.ts'
import { resultOf } from '../sql/result.ts'
import { refuseChangedShape } from '../changed-shape.ts'
import type { SqlRow } from '../sql/database.ts'
import type { LoadPlan } from '../sql/load-plan.ts'
import type { LoadResult, TargetRequest } from '../target.ts'
import { withAccount } from './accounts.ts'
import { apply, nameIn, readingOf, replacing } from './apply.ts'
import type { Changed } from './apply.ts'
import type { Prepared } from './change.ts'
import { asideFolder } from './layout.ts'
import { countRenewed, keyColumns, keysOf } from './count-rows.ts'
import { madeOfIn, planFor } from './load.ts'
import { NOTHING_TO_PUBLISH, noted, notesOf, withShape } from './manifest.ts'
import type { DataFile, Manifest } from './manifest.ts'
import type { Opened } from './opened.ts'
import { publication } from './outputs.ts'
import { rowsOf } from './rows-sql.ts'
import type { TableFolder } from './table-folder.ts'

/** Name of the temporary table of what was gathered, where it has to be compared with what is there. */
const GATHERED = '_sluice_gathered'

/** A table, and what was gathered beside it. */
export type Sides = Readonly<{ table: TableFolder; aside: TableFolder }>

/** What is put in place: a table's own rows, or those of a set that came with them (`isMain: false`). */
type CompleteRequest = Omit<TargetRequest, 'sets'> & Readonly<{ runStartedAt: EpochSeconds; isMain: boolean }>

/**
 * Makes what was gathered aside, and its coverage, take the place of the account's old rows; null: nothing was
 * gathered.
 */
export async function complete(
  opened: Opened,
  { table, aside }: Sides,
  request: CompleteRequest,
): Promise<(Prepared & Readonly<{ result: Omit<LoadResult, 'also'>; rows: number }>) | null> {
  const { account, runStartedAt, isMain } = request
  const [manifest, gathered] = [await table.settled(), await aside.settled()]
  if (gathered.columns.length === 0) return null
  const accounts = await withAccount(opened, manifest, request)
  if (isMain && !request.anew) refuseChangedShape(request, madeOfIn(manifest, request))
  const rows = gathered.files.reduce((sum, file) => sum + file.rows, 0)
  const mode = completionOf(request)
  const others = manifest.files.some((file) => file.account !== account)
  const target = mode === 'renew' && !others ? { ...manifest, columns: [] } : manifest
  const columns = gathered.columns.filter(({ name }) => name !== DELETED_AT_COLUMN)
  const plan = planFor(opened, target, { ...request, mode, columns, readAt: runStartedAt })
  const moved = mode === 'renew' ? moveFiles(table, manifest, gathered, { account, others }) : null
  const { counted, changed } =
    moved === null
      ? await apply(opened, table, {
          manifest,
          account,
          plan,
          staged: { stage: await gather(opened, aside, gathered) },
          candidates: mode === 'renew' ? null : own(manifest, account).filter((file) => file.rows > 0),
          monthOf: gathered.monthOf,
        })
      : {
          counted: await countMoved(opened, { table, aside }, { manifest, gathered, plan, account }),
          changed: moved,
        }
  const notes =
    request.cursor === null
      ? { snapshot: { takenAt: runStartedAt, rows } }
      : { coverage: notesOf(gathered, request).coverage, snapshot: null }
  return {
    table,
    before: manifest,
    next: {
      ...manifest,
      ...changed,
      accounts,
      toPublish: { ...changed.toPublish, sweep: [asideFolder(account)] },
      notes: isMain ? noted(manifest, request, { ...notes, madeOf: request.madeOf }) : manifest.notes,
    },
    rows,
    result: resultOf(counted, plan, { rows, readAt: runStartedAt, withoutNul: 0 }),
  }
}

const own = ({ files }: Manifest, account: string): readonly DataFile[] =>
  files.filter((file) => file.account === account)

/**
 * The files that were gathered become the table's as they are. Null where they cannot, because other accounts have
 * rows in it and theirs are parted otherwise, or have columns of other types.
 */
function moveFiles(
  table: TableFolder,
  manifest: Manifest,
  gathered: Manifest,
  { account, others }: Readonly<{ account: string; others: boolean }>,
): Changed | null {
  const known = others ? manifest.columns : []
  const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase()
  const fits = gathered.columns.every(({ name, type }) =>
    known.every((column) => !same(column.name, name) || (column.name === name && column.type === type)),
  )
  if (!fits || (others && manifest.monthOf !== gathered.monthOf)) return null
  const added = gathered.columns.filter(({ name }) => !known.some((column) => column.name === name))
  let { shapes } = manifest
  const written = gathered.files.map(({ path, ...file }) => {
    const found = withShape(shapes, gathered.shapes[file.shape] ?? [])
    shapes = found.shapes
    return {
      at: join(asideFolder(account), path),
      file: { ...file, shape: found.shape },
      replaces: [],
      adds: true,
    }
  })
  const { monthOf } = gathered
  const old = own(manifest, account)
  const { files, toPublish } = publication(old, replacing(old, written), nameIn(table, monthOf))
  return {
    columns: [...known, ...added],
    shapes,
    monthOf,
    files: [...manifest.files.filter((file) => file.account !== account), ...files],
    toPublish: { ...NOTHING_TO_PUBLISH, ...toPublish },
  }
}

/** What becomes of the old rows when files take the place of files, which are read for their keys alone. */
async function countMoved(
  opened: Opened,
  { table, aside }: Sides,
  {
    manifest,
    gathered,
    plan,
    account,
  }: Readonly<{ manifest: Manifest; gathered: Manifest; plan: LoadPlan; account: string }>,
): Promise<readonly SqlRow[]> {
  const keys = keyColumns(gathered.columns, plan)
  return countRenewed(opened, plan, {
    table: await keysOf(
      opened,
      '_sluice_old_keys',
      rowsOf(await table.present(own(manifest, account)), keys, readingOf(opened, table, manifest)),
    ),
    staged: await keysOf(
      opened,
      '_sluice_new_keys',
      rowsOf(gathered.files, keys, readingOf(opened, aside, gathered)),
    ),
  })
}

/** Brings what was gathered to where it can be compared. */
async function gather(opened: Opened, aside: TableFolder, gathered: Manifest): Promise<string> {
  const { session, dialect } = opened
  const table = dialect.table({ schema: null, name: GATHERED })
  const rows = rowsOf(gathered.files, gathered.columns, readingOf(opened, aside, gathered))
  const names = gathered.columns.map(({ name }) => dialect.quote(name)).join(', ')
  await session.run(`create or replace temp table ${table} as select ${names} from (\n${rows}\n)`)
  return table
}
