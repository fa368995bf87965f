import type { EpochSeconds, Window } from '../../model/time.ts'
import type { Table } from '../../model/table.ts'
import type { ReadPage } from '../extract.ts'
import type { Source, SourceRead } from '../table-run.ts'

/** Asks Klaviyo little, and remembers what that took. */
export class Looker {
  readonly #source: Source
  readonly #signal: AbortSignal
  looks = 0
  /** The quickest answer, milliseconds: first ones carry the building of connections. Null: none yet. */
  latencyMs: number | null = null

  constructor(source: Source, signal: AbortSignal) {
    this.#source = source
    this.#signal = signal
  }

  pageRows(table: Table): number {
    return this.#source.pageRows(table)
  }

  /** The first pages of a read. */
  async pages(
    table: Table,
    read: Omit<SourceRead, 'signal'>,
    most: number,
  ): Promise<readonly Pick<ReadPage, 'rows' | 'next' | 'firstCursor' | 'lastCursor'>[]> {
    const pages = []
    for await (const page of this.#source.read(table, { ...read, signal: this.#signal })) {
      this.looks += 1
      this.latencyMs = Math.min(this.latencyMs ?? Infinity, page.latencyMs)
      const { rows, next, firstCursor, lastCursor } = page
      pages.push({ rows, next, firstCursor, lastCursor })
      if (pages.length >= most) break
    }
    return pages
  }

  /** Ids of all rows of a table that is known to be small. */
  async ids(table: string, pages: number): Promise<readonly string[]> {
    this.looks += pages
    return this.#source.ids(table, this.#signal)
  }
}

/** Whole seconds of Klaviyo's date texts; null for what is none. */
export function secondsOf(text: string | null): EpochSeconds | null {
  const atMs = text === null ? Number.NaN : Date.parse(text)
  return Number.isNaN(atMs) ? null : Math.floor(atMs / 1000)
}

export const lengthOf = ({ from, to }: Window): number => to - from
