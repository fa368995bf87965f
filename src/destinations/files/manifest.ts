import type { Coverage } from '../../model/coverage.ts'
import type { MadeOf } from '../../model/made-of.ts'
import type { TableName } from '../../model/names.ts'
import type { StageColumn } from '../../model/stage.ts'
import type { EpochSeconds } from '../../model/time.ts'
import type { UnfinishedRun } from '../../model/unfinished-run.ts'
import type { KnownAccount } from '../account-name.ts'
import type { Partition } from './layout.ts'

/** Version of the type below; a later sluice that changes it raises it. */
export const STORE_VERSION = 1

/** What a table is: the files that count, and what they cover. One follows another, whole or not at all. */
export type Manifest = Readonly<{
  storeVersion: number
  /** Counts the manifests of a table. */
  version: number
  /** Name of the format. */
  format: string
  /** Of the table, as the user wrote it. */
  table: TableName
  /** The column by whose month (UTC) files are parted, beside the account; null: by the account alone. */
  monthOf: string | null
  /** Of the table, in order; none: there is no table yet, only notes. */
  columns: readonly StageColumn[]
  /** Columns that files have, each kind once: older files lack what came later. */
  shapes: readonly (readonly StageColumn[])[]
  files: readonly DataFile[]
  notes: readonly Notes[]
  /** What the accounts are whose rows are here, by the names that they carry. */
  accounts: readonly KnownAccount[]
  /** What has to be done to the folder before the files are as this says; empty once it is done. */
  toPublish: Publication
}>

/** A file of rows of one account. */
export type DataFile = Partition &
  Readonly<{
    /** From the folder of the table. */
    path: string
    rows: number
    bytes: number
    /** Index of its columns among the shapes. */
    shape: number
  }>

/** What is known of one source table of one account. */
export type Notes = Readonly<{
  account: string
  sourceTable: string
  coverage: readonly Readonly<{ pass: string; windows: Coverage }>[]
  snapshot: Readonly<{ takenAt: EpochSeconds; rows: number }> | null
  unfinished: UnfinishedRun | null
  /** What the rows are made of; null: there are none yet. */
  madeOf: MadeOf | null
}>

/**
 * Steps in order, each of which may have been taken: `join` tables whose prepared manifests are part of this commit,
 * `remove` files, `move` files, `sweep` folders. Paths are from the folder of the table.
 */
export type Publication = Readonly<{
  join: readonly string[]
  remove: readonly string[]
  move: readonly Readonly<{ from: string; to: string }>[]
  sweep: readonly string[]
}>

export const NOTHING_TO_PUBLISH: Publication = { join: [], remove: [], move: [], sweep: [] }

export const emptyManifest = (format: string, table: TableName): Manifest => ({
  storeVersion: STORE_VERSION,
  version: 0,
  format,
  table,
  monthOf: null,
  columns: [],
  shapes: [],
  files: [],
  notes: [],
  accounts: [],
  toPublish: NOTHING_TO_PUBLISH,
})

export const isPublished = ({ toPublish: { join, remove, move, sweep } }: Manifest): boolean =>
  join.length + remove.length + move.length + sweep.length === 0

type Scope = Pick<Notes, 'account' | 'sourceTable'>

export const notesOf = ({ notes }: Manifest, scope: Scope): Notes =>
  notes.find((each) => isSame(each, scope)) ?? {
    account: scope.account,
    sourceTable: scope.sourceTable,
    coverage: [],
    snapshot: null,
    unfinished: null,
    madeOf: null,
  }

/** The notes with those of one scope changed; forgotten when nothing is left to say. */
export function noted(manifest: Manifest, scope: Scope, change: Partial<Notes>): readonly Notes[] {
  const { account, sourceTable, ...before } = notesOf(manifest, scope)
  const after = { account, sourceTable, ...before, ...change }
  const others = manifest.notes.filter((each) => !isSame(each, scope))
  const { coverage, snapshot, unfinished, madeOf } = after
  const isEmpty = coverage.length === 0 && snapshot === null && unfinished === null && madeOf === null
  return isEmpty ? others : [...others, after]
}

const isSame = (one: Scope, other: Scope): boolean =>
  one.account === other.account && one.sourceTable === other.sourceTable

export const coverageMap = ({ coverage }: Notes): ReadonlyMap<string, Coverage> =>
  new Map(coverage.map(({ pass, windows }) => [pass, windows]))

/** Changes the coverage of every pass there is, those named in addition included. */
export function recover(
  notes: Notes,
  change: (coverage: Coverage, pass: string) => Coverage,
  newPasses: readonly string[] = [],
): Notes['coverage'] {
  const before = coverageMap(notes)
  return [...new Set([...before.keys(), ...newPasses])]
    .map((pass) => ({ pass, windows: change(before.get(pass) ?? [], pass) }))
    .filter(({ windows }) => windows.length > 0)
}

/** Index of these columns among the shapes, which are longer by one when they are new. */
export function withShape(
  shapes: Manifest['shapes'],
  columns: readonly StageColumn[],
): Readonly<{ shapes: Manifest['shapes']; shape: number }> {
  const wanted = JSON.stringify(columns.map(({ name, type }) => [name, type]))
  const shape = shapes.findIndex(
    (each) => JSON.stringify(each.map(({ name, type }) => [name, type])) === wanted,
  )
  return shape < 0 ? { shapes: [...shapes, columns], shape: shapes.length } : { shapes, shape }
}
