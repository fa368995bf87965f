import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { StageColumn } from '../../model/stage.ts'
import { SluiceError } from '../../model/errors.ts'
import type { SqlRow } from '../sql/database.ts'
import type { LoadPlan } from '../sql/load-plan.ts'
import type { Staged } from '../sql/sql.ts'
import { countRenewed, keyColumns, keysOf } from './count-rows.ts'
import { partitionFolder } from './layout.ts'
import type { Partition } from './layout.ts'
import { NOTHING_TO_PUBLISH, withShape } from './manifest.ts'
import type { DataFile, Manifest, Publication } from './manifest.ts'
import type { Opened } from './opened.ts'
import { planOutputs, publication } from './outputs.ts'
import type { Output, Written } from './outputs.ts'
import { rowsOf } from './rows-sql.ts'
import type { Reading } from './rows-sql.ts'
import type { TableFolder } from './table-folder.ts'
import { work } from './work.ts'
import type { Worked } from './work.ts'
import { monthsOfAdditions, writeOutputs } from './write.ts'
import type { Writing } from './write.ts'

/** What of a manifest a change of files makes new. */
export type Changed = Pick<Manifest, 'columns' | 'shapes' | 'files' | 'toPublish' | 'monthOf'>

export type ApplyRequest = Readonly<{
  manifest: Manifest
  account: string
  plan: LoadPlan
  staged: Staged
  /** Where rows of the batch may be; null: all of the account's make room for it. */
  candidates: readonly DataFile[] | null
  /** By whose month a table is parted that has no files yet. */
  monthOf: string | null
}>

/** Writes what a batch changes into files that lie hidden until a manifest names them. */
export async function apply(
  opened: Opened,
  table: TableFolder,
  request: ApplyRequest,
): Promise<Readonly<{ counted: readonly SqlRow[]; changed: Changed }>> {
  const { manifest, plan } = request
  const columns = columnsAfter(manifest.columns, plan)
  const monthOf = manifest.files.length === 0 ? request.monthOf : manifest.monthOf
  const reading = readingOf(opened, table, manifest)
  const worked = await work({
    ...reading,
    session: opened.session,
    plan,
    staged: request.staged,
    columns,
    candidates: request.candidates ?? [],
  })
  const changed = await rewrite(opened, table, { ...request, columns, monthOf }, worked)
  const staying = manifest.files.filter(
    ({ account }) => request.candidates !== null || account !== request.account,
  )
  audit(table, staying, changed.files, worked.growth)
  if (request.candidates !== null) return { counted: worked.counted, changed }
  const old = await table.present(manifest.files.filter((file) => file.account === request.account))
  const counted = await countRenewed(opened, plan, {
    table: await keysOf(opened, '_sluice_old_keys', rowsOf(old, keyColumns(columns, plan), reading)),
    staged: request.staged.stage,
  })
  return { counted, changed }
}

export const readingOf = (opened: Opened, table: TableFolder, { shapes }: Manifest): Reading => ({
  format: opened.format,
  dialect: opened.dialect,
  folder: table.path,
  shapes,
})

/** The table's columns, with those that a plan adds. */
export function columnsAfter(columns: readonly StageColumn[], plan: LoadPlan): readonly StageColumn[] {
  const added = plan.steps.flatMap((step) => {
    if (step.kind === 'create table') return step.columns
    return step.kind === 'add column' ? [step.column] : []
  })
  return [...columns, ...added.map(({ name, type }) => ({ name, type }))]
}

type RewriteRequest = Pick<ApplyRequest, 'manifest' | 'account' | 'candidates'> &
  Pick<Changed, 'columns' | 'monthOf'>

async function rewrite(
  opened: Opened,
  table: TableFolder,
  { manifest, account, candidates, columns, monthOf }: RewriteRequest,
  { touched, additions, remaining }: Worked,
): Promise<Changed> {
  const own = manifest.files.filter((file) => file.account === account)
  const kept = candidates === null ? [] : own.filter(({ rows }) => rows > 0)
  const { shapes, shape } = withShape(manifest.shapes, columns)
  const months = await monthsOfAdditions(additions, { ...opened, monthOf })
  const outputs = planOutputs({
    files: kept,
    touched,
    additions: months.map((month) => ({ account, month })),
  })
  const writing = {
    ...readingOf(opened, table, manifest),
    session: opened.session,
    columns,
    monthOf,
    incoming: await table.incoming(),
    shape,
    additions,
    remaining: touched.size === 0 ? null : remaining,
  }
  const { files, toPublish } = await write(outputs, writing, {
    table,
    own,
    kept,
    account,
    replacesAll: candidates === null,
  })
  const others = manifest.files.filter((file) => file.account !== account)
  return {
    columns,
    shapes,
    monthOf,
    files: [...others, ...files],
    toPublish: { ...NOTHING_TO_PUBLISH, ...toPublish },
  }
}

/** Writes the outputs, and of a table that would have no file at all one without rows, so that readers find it. */
async function write(
  outputs: readonly Output[],
  writing: Writing,
  {
    table,
    own,
    kept,
    account,
    replacesAll,
  }: Readonly<{
    table: TableFolder
    own: readonly DataFile[]
    kept: readonly DataFile[]
    account: string
    replacesAll: boolean
  }>,
): Promise<Readonly<{ files: readonly DataFile[]; toPublish: Pick<Publication, 'remove' | 'move'> }>> {
  const rewritten = new Set(outputs.flatMap(({ sources }) => sources.map(({ path }) => path)))
  const stays = kept.filter(({ path }) => !rewritten.has(path))
  const written = [...(await writeOutputs(outputs, writing))]
  const hasRows = stays.length + written.length > 0
  const empty = own.find(({ rows, shape }) => rows === 0 && shape === writing.shape)
  if (!hasRows && empty !== undefined) stays.push(empty)
  else if (!hasRows) {
    const nothing = { partition: { account, month: null }, sources: [], additions: false }
    written.push(...(await writeOutputs([nothing], writing)))
  }
  const gone = own.filter((file) => !stays.includes(file))
  return joined(
    stays,
    publication(gone, replacesAll ? replacing(own, written) : written, nameIn(table, writing.monthOf)),
  )
}

const joined = (
  stays: readonly DataFile[],
  { files, toPublish }: ReturnType<typeof publication>,
): ReturnType<typeof publication> => ({ files: [...stays, ...files], toPublish })

/** Of all new files of a partition the first takes over from all the old ones. */
export function replacing(old: readonly DataFile[], written: readonly Written[]): readonly Written[] {
  const done = new Set<string>()
  return written.map((each) => {
    const key = JSON.stringify([each.file.account, each.file.month])
    if (done.has(key)) return each
    done.add(key)
    const replaces = old.filter((file) => JSON.stringify([file.account, file.month]) === key)
    return { ...each, replaces }
  })
}

/** A path that nobody has, where readers find it. */
export const nameIn =
  (table: TableFolder, monthOf: string | null) =>
  (partition: Partition): string =>
    join(partitionFolder(partition, monthOf !== null), `part-${randomUUID()}${table.extension}`)

/**
 * Holds what is in the files after a batch against what the batch was to do.
 * @throws SluiceError (bug) before anything is committed.
 */
function audit(
  table: TableFolder,
  before: readonly DataFile[],
  after: readonly DataFile[],
  growth: number,
): void {
  const sum = (files: readonly DataFile[]): number => files.reduce((total, { rows }) => total + rows, 0)
  const expected = sum(before) + growth
  if (sum(after) === expected) return
  throw new SluiceError(
    'bug',
    `The files of "${table.path}" would hold ${sum(after)} rows, where ${expected} were expected. Nothing was changed. Please report this.`,
  )
}
