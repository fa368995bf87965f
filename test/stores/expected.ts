import { readFileSync } from 'node:fs'

/** A row of sluice's own tables, with instants in epoch seconds. */
type Scope = Readonly<{ account: string; source_table: string; target: string }>

/** What to ask sluice for. */
export type Job = Readonly<{
  /** 1, 2, … of the sandbox, and its name in the store. */
  account: number
  alias: string
  source: string
  target: string
  flags: readonly string[]
  /** It reads everything anew, by its nature. */
  rereads?: true
}>

/** What is in a store of an older version: see make-store.mjs. */
export type Expected = Readonly<{
  /** When the last of its runs was killed. */
  endsAtMs: number
  storeVersion: number
  coverage: readonly Readonly<Scope & { pass: string; from_at: number; to_at: number; read_at: number }>[]
  snapshots: readonly Readonly<Scope & { taken_at: number; row_count: number }>[]
  unfinished: readonly Readonly<Scope & { started_at: number; words: string; reread: string }>[]
  /** By table and account. */
  rows: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** Pages that a killed run left in the state folder. */
  landed: readonly Readonly<{
    folder: string
    /** The lock that it held. */
    lock: string
    target: string
    pages: readonly Readonly<{ number: number; from: number; to: number }>[]
  }>[]
}>

export type Version = Readonly<{
  commit: string
  goesOn: readonly Job[]
  stores: Readonly<Record<'duckdb' | 'postgresql', Expected>>
}>

export const folderOf = (version: string): URL => new URL(`${version}/`, import.meta.url)

export const expectedOf = (version: string): Version =>
  JSON.parse(readFileSync(new URL('expected.json', folderOf(version)), 'utf8')) as Version
