import type { EpochSeconds, Window } from '../../model/time.ts'
import type { Table } from '../../model/table.ts'
import type { ReadPage } from '../extract.ts'
import type { Source, SourceRead } from '../table-run.ts'

export type Read = Omit<SourceRead, 'signal'>
export type Ends = Pick<ReadPage, 'rows' | 'next' | 'firstCursor' | 'lastCursor'>

/** Pages that follow each other, as far as they were followed. */
export type Stream = Readonly<{ rows: number; pages: number; ends: boolean }>

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

  /** The first page of a read. */
  async first(table: Table, read: Read): Promise<Ends> {
    for await (const page of this.#pages(table, read)) return page
    return { rows: 0, next: null, firstCursor: null, lastCursor: null }
  }

  /** Follows a read to its end, or to a page that is enough, or for so many pages. */
  async follow(
    table: Table,
    read: Read,
    { most, isEnough = () => false }: Readonly<{ most: number; isEnough?: (page: Ends) => boolean }>,
  ): Promise<Stream> {
    let [rows, pages] = [0, 0]
    for await (const page of this.#pages(table, read)) {
      rows += page.rows
      pages += 1
      if (page.next === null) return { rows, pages, ends: true }
      if (isEnough(page) || pages >= most) return { rows, pages, ends: isEnough(page) }
    }
    return { rows, pages, ends: true }
  }

  async *#pages(table: Table, read: Read): AsyncGenerator<Ends, void, undefined> {
    for await (const page of this.#source.read(table, { ...read, signal: this.#signal })) {
      this.looks += 1
      this.latencyMs = Math.min(this.latencyMs ?? Infinity, page.latencyMs)
      yield page
    }
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
