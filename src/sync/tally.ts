import type { LoadResult } from '../destinations/target.ts'
import type { Altered, Reconciled, TableResult } from '../model/run-event.ts'
import type { SourceUsage } from './table-run.ts'

type Effect = Pick<LoadResult, 'inserted' | 'changed' | 'deleted' | 'removed' | 'replaced'>

/** Counts what happens to one table while it is synced. */
export class Tally {
  readonly table: string
  readonly #startedAtMs: number
  rows = 0
  inserted = 0
  changed = 0
  deleted = 0
  removed = 0
  replaced = 0
  pages = 0
  late = { rows: 0, oldestSeconds: 0 }
  #reconciled: Reconciled | null = null
  readonly #altered = new Map<string, Altered>()

  constructor(table: string, startedAtMs: number) {
    this.table = table
    this.#startedAtMs = startedAtMs
  }

  loaded(load: Readonly<{ rows: number } & Effect>): void {
    this.rows += load.rows
    this.inserted += load.inserted
    this.changed += load.changed
    this.deleted += load.deleted
    this.removed += load.removed
    this.replaced += load.replaced
  }

  /** What was gathered aside has taken its place: what it did to the rows that were there is what counts. */
  renewed({ inserted, changed, deleted, removed, replaced }: Effect): void {
    Object.assign(this, { inserted, changed, deleted, removed, replaced })
  }

  caught(late: TableResult['late']): void {
    this.late = {
      rows: this.late.rows + late.rows,
      oldestSeconds: Math.max(this.late.oldestSeconds, late.oldestSeconds),
    }
  }

  altered(found: Altered): void {
    const id = `${found.kind} ${found.column}`
    const before = this.#altered.get(id)
    const exampleKey = before?.exampleKey ?? found.exampleKey
    this.#altered.set(id, { ...found, rows: found.rows + (before?.rows ?? 0), exampleKey })
  }

  reconciled(found: Reconciled): void {
    this.#reconciled = found
    this.deleted += found.marked
  }

  result(usage: SourceUsage, nowMs: number): TableResult {
    const { table, rows, inserted, changed, deleted, removed, replaced, pages, late } = this
    const durationMs = nowMs - this.#startedAtMs
    const reconciled = this.#reconciled
    const altered = [...this.#altered.values()]
    return {
      table,
      rows,
      inserted,
      changed,
      deleted,
      removed,
      replaced,
      pages,
      late,
      altered,
      reconciled,
      durationMs,
      ...usage,
    }
  }
}
