import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { uncover } from '../../model/coverage.ts'
import type { Coverage } from '../../model/coverage.ts'
import { SluiceError } from '../../model/errors.ts'
import type { TableName } from '../../model/names.ts'
import type { StageColumn } from '../../model/stage.ts'
import type { EpochSeconds } from '../../model/time.ts'
import { modeOf } from '../sql/mode.ts'
import type {
  Aside,
  Batch,
  BegunRun,
  HalfOpen,
  Loader,
  LoadResult,
  OpenWindow,
  RowSet,
  Target,
  TargetRequest,
  TargetState,
} from '../target.ts'
import { withAccount } from './accounts.ts'
import { change, commit, look } from './change.ts'
import type { Held } from './change.ts'
import { checkColumns, checkTarget } from './check-target.ts'
import { compact } from './compact.ts'
import { complete } from './complete.ts'
import type { Sides } from './complete.ts'
import { exists } from './disk.ts'
import { countRows, lastRows } from './last-rows.ts'
import { asideFolder, tableFolder } from './layout.ts'
import { load, loadSet } from './load.ts'
import { coverageMap, noted, notesOf, recover } from './manifest.ts'
import type { Manifest } from './manifest.ts'
import type { Opened } from './opened.ts'
import { TableFolder } from './table-folder.ts'

/** A table, and where an account's rows are gathered beside it. */
function foldersOf(opened: Opened, table: TableName, account: string): Sides {
  const path = join(opened.folder, tableFolder(table))
  // With names that no glob for files of the format finds.
  const hidden = { ...opened.format, extension: `${opened.format.extension}.aside` }
  return {
    table: new TableFolder(path, table, opened.format),
    aside: new TableFolder(join(path, asideFolder(account)), table, hidden),
  }
}

/** Rows that go into one folder: the table's own, or one in it that readers do not see. */
class FilesLoader implements Loader {
  protected readonly opened: Opened
  protected readonly request: TargetRequest
  /** The table's lease guards what is gathered aside as well. */
  protected readonly sides: Sides
  readonly #side: keyof Sides

  constructor(opened: Opened, request: TargetRequest, side: keyof Sides) {
    this.opened = opened
    this.request = request
    this.sides = foldersOf(opened, request.table, request.account)
    this.#side = side
  }

  get #into(): TableFolder {
    return this.sides[this.#side]
  }

  state(): Promise<TargetState> {
    return this.opened.turns.run(async () => {
      await look(this.opened, this.sides.table)
      const manifest = await this.look()
      const notes = notesOf(manifest, this.request)
      const isThere = manifest.columns.length > 0
      return {
        coverage: isThere ? coverageMap(notes) : new Map(),
        unfinished: notes.unfinished,
        snapshot: isThere ? notes.snapshot : null,
        columns: manifest.columns.map(({ name }) => name),
      }
    })
  }

  lastRows(windows: readonly OpenWindow[]): Promise<readonly (EpochSeconds | null)[] | null> {
    const { account, cursor } = this.request
    if (cursor === null) return Promise.resolve(null)
    return this.opened.turns.run(async () =>
      lastRows(this.opened, this.#into, await this.look(), { account, cursor: cursor.column, windows }),
    )
  }

  begin({ forget, startedAt, demand, reread }: BegunRun, signal: AbortSignal): Promise<void> {
    const uncovered = (before: Coverage, pass: string): Coverage =>
      forget.filter((each) => each.pass === pass).reduce((rest, { window }) => uncover(rest, window), before)
    return this.change(signal, [], async (held) => {
      await this.#into.make()
      const manifest = await this.#into.settled()
      const coverage = recover(notesOf(manifest, this.request), uncovered)
      const notes = noted(manifest, this.request, { coverage, unfinished: { startedAt, demand, reread } })
      const accounts = await withAccount(this.opened, manifest, this.request)
      await commit(held, { table: this.#into, before: manifest, next: { ...manifest, accounts, notes } })
    })
  }

  load(batch: Batch, signal: AbortSignal): Promise<LoadResult> {
    const isAside = this.#side === 'aside'
    const request = { ...this.request, ...batch, mode: modeOf(this.request, { isAside }), isAside }
    const sets = batch.also.map((part) => ({ part, sides: this.sidesOf(part.set) }))
    return this.change(signal, sets, async (held) => {
      // A folder aside has no column of its own that could refuse; the table whose rows it will replace may have one,
      // and that is said now, not after hours of reading.
      if (isAside)
        checkColumns(this.opened, await this.sides.table.settled(), {
          ...request,
          columns: batch.stage.columns,
        })
      const also = []
      for (const { part, sides } of sets) {
        await sides[this.#side].make()
        also.push(await loadSet(this.opened, sides[this.#side], request, part))
      }
      await this.#into.make()
      const main = await load(this.opened, this.#into, request)
      await commit(held, main, also)
      return { ...main.result, also: also.map(({ result }) => result) }
    })
  }

  end(signal: AbortSignal): Promise<void> {
    return this.change(signal, [], async (held) => {
      const manifest = await this.#into.settled()
      if (manifest.version === 0) return
      const notes = noted(manifest, this.request, { unfinished: null })
      const { account } = this.request
      const isAside = this.#side === 'aside'
      const compacted = isAside ? null : await compact(this.opened, this.#into, manifest, account)
      const next = { ...(compacted ?? manifest), notes }
      await commit(held, { table: this.#into, before: manifest, next })
    })
  }

  protected look(): Promise<Manifest> {
    return look(this.opened, this.#into, this.sides.table)
  }

  protected sidesOf(set: RowSet): Sides {
    return foldersOf(this.opened, set.table, this.request.account)
  }

  /** Changes the table, and those of sets with it. */
  protected change<T>(
    signal: AbortSignal,
    sets: readonly Readonly<{ sides: Sides }>[],
    work: (held: Held) => Promise<T>,
  ): Promise<T> {
    const tables = [this.sides.table, ...sets.map(({ sides }) => sides.table)]
    return this.opened.turns.run(() => change(this.opened, tables, signal, work))
  }
}

/** The destination table of one source table and account. */
export class FilesTarget extends FilesLoader implements Target {
  readonly name: string

  constructor(opened: Opened, request: TargetRequest) {
    super(opened, request, 'table')
    this.name = tableFolder(request.table)
  }

  check(columns: readonly StageColumn[]): Promise<void> {
    return this.opened.turns.run(async () => {
      await checkTarget(this.opened, this.sides.table, await this.look(), { ...this.request, columns })
    })
  }

  get canMark(): boolean {
    return false
  }

  rollCall(): never {
    throw new SluiceError('bug', 'Rows of files are not marked one by one.')
  }

  count(inside: HalfOpen): Promise<Readonly<{ inside: number; outside: number }>> {
    const { account, cursor } = this.request
    if (cursor === null) return Promise.resolve({ inside: 0, outside: 0 })
    return this.opened.turns.run(async () =>
      countRows(this.opened, this.sides.table, await this.look(), { account, cursor: cursor.column, inside }),
    )
  }

  aside(): Aside {
    return new FilesAside(this.opened, this.request, 'aside')
  }
}

/** Files that wait in a folder in the table's own, where readers do not look. */
class FilesAside extends FilesLoader implements Aside {
  complete(runStartedAt: EpochSeconds, signal: AbortSignal): Promise<LoadResult> {
    const { request } = this
    const sets = request.sets.map((set) => ({ set, sides: this.sidesOf(set) }))
    return this.change(signal, sets, async (held) => {
      const main = await complete(this.opened, this.sides, { ...request, runStartedAt, isMain: true })
      if (main === null)
        throw new SluiceError(
          'bug',
          `Table "${request.table.name}" was not read anew, so there is nothing to put in place.`,
        )
      const also = []
      for (const { set, sides } of sets) {
        // The sets of rows that take the place of all the account's do so too.
        const anew = request.anew || request.cursor !== null
        const ofSet = { ...request, ...set, cursor: null, anew, runStartedAt, isMain: false }
        const put = await complete(this.opened, sides, ofSet)
        if (put !== null) also.push({ ...put, sourceTable: set.sourceTable })
      }
      await commit(held, main, also)
      return {
        ...main.result,
        also: also.map(({ sourceTable, rows, result }) => ({ sourceTable, rows, ...result })),
      }
    })
  }

  async discard(signal: AbortSignal): Promise<void> {
    const all = [this.sides, ...this.request.sets.map((set) => this.sidesOf(set))]
    for (const { table, aside } of all) {
      if (!(await exists(aside.path))) continue
      await this.opened.turns.run(() =>
        change(this.opened, [table], signal, () => rm(aside.path, { recursive: true, force: true })),
      )
    }
  }
}
