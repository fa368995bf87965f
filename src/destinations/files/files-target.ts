import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { uncover } from '../../model/coverage.ts'
import type { StageColumn } from '../../model/stage.ts'
import type { EpochSeconds } from '../../model/time.ts'
import { modeOf } from '../sql/mode.ts'
import type {
  Aside,
  Batch,
  BegunRun,
  Loader,
  LoadResult,
  OpenWindow,
  Target,
  TargetRequest,
  TargetState,
} from '../target.ts'
import { change, look } from './change.ts'
import { checkColumns, checkTarget } from './check-target.ts'
import { compact } from './compact.ts'
import { complete } from './complete.ts'
import { exists } from './disk.ts'
import { lastRows } from './last-rows.ts'
import { asideFolder, tableFolder } from './layout.ts'
import { load } from './load.ts'
import { coverageMap, noted, notesOf, recover } from './manifest.ts'
import type { Opened } from './opened.ts'
import { TableFolder } from './table-folder.ts'

/** Rows that go into one folder: the table's own, or one in it that readers do not see. */
class FilesLoader implements Loader {
  protected readonly opened: Opened
  protected readonly request: TargetRequest
  /** The table, whose lease guards what is gathered aside as well. */
  protected readonly table: TableFolder
  readonly #into: TableFolder

  constructor(
    opened: Opened,
    request: TargetRequest,
    { table, into }: Record<'table' | 'into', TableFolder>,
  ) {
    this.opened = opened
    this.request = request
    this.table = table
    this.#into = into
  }

  get #isAside(): boolean {
    return this.#into !== this.table
  }

  state(): Promise<TargetState> {
    return this.opened.turns.run(async () => {
      await look(this.opened, this.table)
      const manifest = await look(this.opened, this.#into)
      const notes = notesOf(manifest, this.request)
      const isThere = manifest.columns.length > 0
      return {
        coverage: isThere ? coverageMap(notes) : new Map(),
        unfinished: notes.unfinished,
        snapshot: isThere ? notes.snapshot : null,
      }
    })
  }

  lastRows(windows: readonly OpenWindow[]): Promise<readonly (EpochSeconds | null)[] | null> {
    const { account, cursor } = this.request
    if (cursor === null) return Promise.resolve(null)
    return this.opened.turns.run(async () => {
      const manifest = await look(this.opened, this.#into)
      return lastRows(this.opened, this.#into, manifest, { account, cursor: cursor.column, windows })
    })
  }

  begin({ forget, ...unfinished }: BegunRun, signal: AbortSignal): Promise<void> {
    return this.opened.turns.run(() =>
      change(this.opened, this.table, signal, async ({ lease }) => {
        await this.#into.make()
        const manifest = await this.#into.publish(await this.#into.read())
        const coverage = recover(notesOf(manifest, this.request), (before, pass) =>
          forget
            .filter((each) => each.pass === pass)
            .reduce((rest, { window }) => uncover(rest, window), before),
        )
        const { startedAt, demand, reread } = unfinished
        const notes = noted(manifest, this.request, { coverage, unfinished: { startedAt, demand, reread } })
        await this.#into.commit(manifest, { ...manifest, notes }, lease)
      }),
    )
  }

  load(batch: Batch, signal: AbortSignal): Promise<LoadResult> {
    const mode = modeOf(this.request, { isAside: this.#isAside })
    return this.opened.turns.run(() =>
      change(this.opened, this.table, signal, async ({ lease, manifest }) => {
        const request = { ...this.request, ...batch, mode, isAside: this.#isAside }
        if (!this.#isAside) return load(this.opened, this.table, { lease, manifest }, request)
        // A folder aside has no column of its own that could refuse; the table whose rows it will replace may have
        // one, and that is said now, not after hours of reading.
        checkColumns(this.opened, manifest, { ...request, columns: batch.stage.columns })
        await this.#into.make()
        const gathered = await this.#into.publish(await this.#into.read())
        return load(this.opened, this.#into, { lease, manifest: gathered }, request)
      }),
    )
  }

  end(signal: AbortSignal): Promise<void> {
    return this.opened.turns.run(async () => {
      if ((await look(this.opened, this.#into)).version === 0) return
      await change(this.opened, this.table, signal, async ({ lease }) => {
        const manifest = await this.#into.publish(await this.#into.read())
        const notes = noted(manifest, this.request, { unfinished: null })
        const compacted = this.#isAside
          ? null
          : await compact(this.opened, this.table, manifest, this.request.account)
        await this.#into.commit(manifest, { ...(compacted ?? manifest), notes }, lease)
      })
    })
  }
}

/** The destination table of one source table and account. */
export class FilesTarget extends FilesLoader implements Target {
  readonly name: string

  constructor(opened: Opened, request: TargetRequest) {
    const folder = tableFolder(request.table)
    const table = new TableFolder(join(opened.folder, folder), opened.format)
    super(opened, request, { table, into: table })
    this.name = folder
  }

  check(columns: readonly StageColumn[]): Promise<void> {
    return this.opened.turns.run(async () => {
      const manifest = await look(this.opened, this.table)
      await checkTarget(this.opened, this.table, manifest, { ...this.request, columns })
    })
  }

  aside(): Aside {
    return new FilesAside(this.opened, this.request, this.table)
  }
}

/** Files that wait in a folder in the table's own, where readers do not look. */
class FilesAside extends FilesLoader implements Aside {
  readonly #folder: TableFolder

  constructor(opened: Opened, request: TargetRequest, table: TableFolder) {
    // With names that no glob for files of the format finds.
    const hidden = { ...opened.format, extension: `${opened.format.extension}.aside` }
    const folder = new TableFolder(join(table.path, asideFolder(request.account)), hidden)
    super(opened, request, { table, into: folder })
    this.#folder = folder
  }

  complete(runStartedAt: EpochSeconds, signal: AbortSignal): Promise<LoadResult> {
    const sides = { table: this.table, aside: this.#folder }
    return this.opened.turns.run(() =>
      change(this.opened, this.table, signal, (held) =>
        complete(this.opened, sides, held, { ...this.request, runStartedAt }),
      ),
    )
  }

  discard(signal: AbortSignal): Promise<void> {
    return this.opened.turns.run(async () => {
      if (!(await exists(this.#folder.path))) return
      await change(this.opened, this.table, signal, () =>
        rm(this.#folder.path, { recursive: true, force: true }),
      )
    })
  }
}
