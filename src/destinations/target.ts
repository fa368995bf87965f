/**
 * What `sync/` sees of a destination: what it means, not what it speaks. A place hands out targets; a target tells
 * what it holds and takes rows together with what they cover. No SQL, no table of sluice's own and no lock shows here;
 * `sql/` implements it once for every SQL database, `files/` once for folders of files.
 */
import type { AccountIdentity } from '../model/account.ts'
import type { Coverage, PassCovered } from '../model/coverage.ts'
import type { MadeOf, Telltale } from '../model/made-of.ts'
import type { TableName } from '../model/names.ts'
import type { QueryRows } from '../model/query-rows.ts'
import type { Stage, StageColumn } from '../model/stage.ts'
import type { EpochSeconds, Window } from '../model/time.ts'
import type { UnfinishedRun } from '../model/unfinished-run.ts'

/** What the user calls the way in which rows become rows of the target. */
export type Strategy = 'merge' | 'append' | 'replace' | 'delete+insert'

/** An opened destination. Calls from anywhere may overlap: what cannot be done at once waits in here. */
export interface Place extends AsyncDisposable {
  /** For messages: the URI without secrets. */
  readonly label: string
  /** Tells the place from every other, wherever sluice is started: what is landed for it is kept under this name. */
  readonly identity: string
  /** A sentence on what users of tables in this schema will stumble over; null for nothing. */
  adviceOn(schema: string | null): string | null
  /**
   * Refuses a place in which a newer version of sluice has written. For a run that writes, it carries what an older one
   * remembers here over to this one's form, in one step; makes nothing where nothing is. Null: there was nothing to do.
   * @throws SluiceError `newer-destination`: nothing may be touched.
   */
  ready(use: 'read' | 'write', signal: AbortSignal): Promise<CarriedOver | null>
  /**
   * The name that rows of an account carry here, which may be about to go into these tables. Changes nothing.
   * @throws SluiceError `usage` when it would be a second name for the same account, or cannot be told.
   */
  nameOf(account: AccountIdentity, tables: readonly TableName[]): Promise<string>
  /**
   * Gives an account another name, in one step: in its rows, and in all that is remembered of it. What was gathered
   * aside and not finished is thrown away.
   * @returns the tables that hold rows of it
   * @throws SluiceError `usage` when there is no such account, or both names have the same rows.
   */
  renameAccount(rename: AccountRename, signal: AbortSignal): Promise<readonly RenamedTable[]>
  /** Opens nothing and asks nothing. */
  target(request: TargetRequest): Target
  /**
   * Runs one query that only reads, over a connection of its own. Memory stays flat whatever the result's size.
   * @throws SluiceError `refused-query` when the database does not take it.
   */
  read(query: string, signal: AbortSignal): Promise<QueryRows>
}

/** Versions of what sluice remembers in a destination. */
export type CarriedOver = Readonly<{ from: number; to: number }>

export type AccountRename = Readonly<{
  from: string
  to: string
  /** False: only looks what there is to rename, and whether it can be. */
  apply: boolean
}>

export type RenamedTable = Readonly<{ table: TableName; rows: number }>

/** One source table of one account in one destination table. */
export type TargetRequest = Readonly<{
  /** Its name here: see `Place.nameOf`. */
  account: string
  /** What the account is; noted with its rows, so that its name is found again. Null: nothing is noted. */
  identity: AccountIdentity | null
  sourceTable: string
  table: TableName
  strategy: Strategy
  /** Key of the source table, without the account: `['id']`. */
  key: readonly string[]
  /** Null: the table is read whole, as a snapshot. */
  cursor: TargetCursor | null
  /** Whether everything is read anew: what is there is replaced. */
  anew: boolean
  /** Reads that together make up the table; `delete+insert` empties what every one of them covers. */
  passes: readonly string[]
  /** What the rows are made of, and by which columns it shows where nobody noted it. */
  madeOf: MadeOf
  telltale: Telltale
  /** Other tables that its pages fill. */
  sets: readonly RowSet[]
}>

export type TargetCursor = Readonly<{
  /** Its column in the target. */
  column: string
  /** Whether a row keeps its value for life (an event's time, as against `updated`). */
  fixed: boolean
  /** How long before its read time covered time needs a second look; see `cover`. */
  lookbackSeconds: number
}>

/** Where batches go: the target's own rows, or what is gathered aside to take their place. */
export interface Loader {
  state(): Promise<TargetState>
  /**
   * The second of the account's last row in each window, null where there is none; `to: null` = no end. Null as a
   * whole: nothing was looked up, because it would save nothing.
   */
  lastRows(
    windows: readonly OpenWindow[],
    signal: AbortSignal,
  ): Promise<readonly (EpochSeconds | null)[] | null>
  /** Notes that a run has begun, and forgets what it is going to read again. */
  begin(run: BegunRun, signal: AbortSignal): Promise<void>
  /**
   * Takes a batch in together with what it covers, whole or not at all. A snapshot's batch holds all of it: what is
   * not in it is gone from Klaviyo.
   * @throws SluiceError (destination) when the rows do not fit.
   */
  load(batch: Batch, signal: AbortSignal): Promise<LoadResult>
  /** Notes that everything the run wanted is in. */
  end(signal: AbortSignal): Promise<void>
}

export interface Target extends Loader {
  /** One spelling of the destination table for all that name it. */
  readonly name: string
  /**
   * Says before anything is read what `load` would only say once rows are there: that the table cannot take them.
   * Changes nothing, but takes over what an older version has gathered aside.
   * @throws SluiceError
   */
  check(columns: readonly StageColumn[], signal: AbortSignal): Promise<void>
  /** How many of the account's rows have their cursor inside a window, and how many have not. */
  count(inside: HalfOpen): Promise<Readonly<{ inside: number; outside: number }>>
  /** A place beside the rows where others are gathered while readers keep the old ones. */
  aside(): Aside
  /** Whether rows can be marked one by one, as a roll call does. */
  readonly canMark: boolean
  /** Finds those of the account's rows that Klaviyo has no more. Opens nothing. Only where it `canMark`. */
  rollCall(scope: RollCallScope): RollCall
}

/** Which of the account's rows are asked after. */
export type RollCallScope = Readonly<{
  /**
   * When it began, milliseconds since 1970. Only rows that were loaded no later (`_sluice_synced_at`) can be missed:
   * what came meanwhile may have come to Klaviyo behind the reader's back.
   */
  startedAtMs: number
  /** Only rows whose cursor lies in here can be missed; null: all. */
  window: Window | null
}>

/**
 * Keys of the rows that Klaviyo still has are gathered beside the target, any number of them, in any order, some more
 * than once; `close` then marks the rows whose keys did not come. Until then no row is touched, and what a killed
 * one has gathered is of no use to anybody: rows may have gone meanwhile.
 */
export interface RollCall {
  /**
   * Begins with nothing gathered.
   * @returns how many rows are asked after, marked ones included; 0: nothing need be read, and nothing was made
   */
  begin(signal: AbortSignal): Promise<number>
  /**
   * Takes in the keys of a stage, whatever else it holds.
   * @throws SluiceError `already-running` where another one of the same rows has begun meanwhile
   */
  present(stage: Stage, signal: AbortSignal): Promise<void>
  /** The rows that are not marked and whose keys have not come. */
  absent(signal: AbortSignal): Promise<Absent>
  /** Keys of those, in order, each once: those that follow after the one named, `limit` of them at most. */
  absentKeys(
    part: Readonly<{ after: string | null; limit: number }>,
    signal: AbortSignal,
  ): Promise<readonly string[]>
  /**
   * Marks the absent rows in `_sluice_deleted_at` with the time of the start, all versions of a key that `append` has
   * left, and takes the mark from every row of the account whose key came; in one transaction, together with the end
   * of what was gathered. Nothing else of a row changes, and coverage does not.
   * @throws SluiceError `already-running` as `present`; nothing is marked then
   */
  close(signal: AbortSignal): Promise<Readonly<{ marked: number; revived: number }>>
  /** Throws away what was gathered. */
  discard(signal: AbortSignal): Promise<void>
}

export type Absent = Readonly<{
  rows: number
  /** The seconds of the first and the last of them by the cursor, and one more; null: none, or they say no time. */
  span: Window | null
}>

/** Rows gathered beside the target's own. They and their coverage outlive the run, until `complete` or `discard`. */
export interface Aside extends Loader {
  /**
   * Puts what was gathered in place, in one step that readers see whole. Rows with a cursor, or read anew, take the
   * place of all of the account's. Otherwise they are a snapshot: rows that differ are changed, and those that are
   * missing in it are marked deleted.
   */
  complete(runStartedAt: EpochSeconds, signal: AbortSignal): Promise<LoadResult>
  /** Throws away what was gathered. */
  discard(signal: AbortSignal): Promise<void>
}

/** A half-open window whose end may be open. */
export type OpenWindow = Readonly<{ from: EpochSeconds; to: EpochSeconds | null }>

/** A half-open interval, any end of which may be open. */
export type HalfOpen = Readonly<{ from: EpochSeconds | null; to: EpochSeconds | null }>

/** What a target knows of itself. Of a table that somebody dropped, nothing. */
export type TargetState = Readonly<{
  /** By the name of the pass. */
  coverage: ReadonlyMap<string, Coverage>
  unfinished: UnfinishedRun | null
  /** The last snapshot; null: none was taken. */
  snapshot: Readonly<{ takenAt: EpochSeconds; rows: number }> | null
  /** Names of its columns; none where the table is not there. */
  columns: readonly string[]
}>

export type BegunRun = UnfinishedRun &
  Readonly<{ forget: readonly Readonly<{ pass: string; window: Window }>[] }>

/** Typed rows, and what is complete once they are in. */
export type Batch = Readonly<{
  stage: Stage
  /** Rows of the request's sets that came on the same pages. */
  also: readonly Readonly<{ set: RowSet; stage: Stage }>[]
  covered: readonly PassCovered[]
  /**
   * Where in time the target may hold rows of the stage already, whose cursor is then fixed: nothing is searched for
   * elsewhere. Null: anywhere.
   */
  mayHold: readonly Window[] | null
  /** What was covered before this run and is read again, to tell late rows from new ones. */
  reread: readonly Window[]
  /** When the rows count as read; the stage's `_sluice_synced_at` is not earlier. */
  readAt: EpochSeconds
}>

/** A table that pages of another one fill: messages of campaigns, members of lists. */
export type RowSet = Readonly<{
  /** As a source table of its own: `campaign-messages`. */
  sourceTable: string
  table: TableName
  key: readonly string[]
  /**
   * The column that names the row of the main stage to which a row belongs: of each such row a batch brings all, so
   * that what is missing is marked deleted. Null: rows only come.
   */
  owner: string | null
}>

export type LoadResult = Readonly<{
  inserted: number
  changed: number
  unchanged: number
  /** Rows marked deleted, or removed by `delete+insert`. */
  deleted: number
  /**
   * Where rows take the place of all of the account's: those of before whose key did not come again, and those that
   * came for a key that was there. `inserted` are then those of new keys.
   */
  removed: number
  replaced: number
  /** Of the inserted and changed rows, those inside `reread`, and the age of the oldest at the run's start. */
  late: Readonly<{ rows: number; oldestSeconds: number }>
  /** Values that lost NUL characters, because the database can store none. */
  withoutNul: number
  /** Columns that the existing table got. */
  addedColumns: readonly string[]
  /** The same of each set that the batch brought. */
  also: readonly SetResult[]
}>

/** What became of the rows of a set. */
export type SetResult = Readonly<
  Pick<LoadResult, 'inserted' | 'changed' | 'deleted' | 'addedColumns'> & {
    sourceTable: string
    rows: number
  }
>
