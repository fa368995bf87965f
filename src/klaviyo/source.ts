import { createHash } from 'node:crypto'
import type { Table } from '../model/table.ts'
import { findTable } from './catalog/catalog.ts'
import type { OpenWindow } from './filter.ts'
import type { Client, TableUsage } from './http/client.ts'
import { idTables } from './id-tables.ts'
import type { IdTables } from './id-tables.ts'
import { readPages } from './read.ts'
import type { Query } from './read/ask-anew.ts'
import { withoutMark } from './read/envelope.ts'
import type { Page } from './read.ts'
import { pageRows, tableQuery } from './table-query.ts'
import type { TableRead } from './table-query.ts'

/** One account as a place to read tables from. */
export class KlaviyoSource {
  readonly #client: Client
  readonly #revision: string

  constructor(client: Client, { revision }: Readonly<{ revision: string }>) {
    this.#client = client
    this.#revision = revision
  }

  /** Pages of a table, or of one pass, window or handful of parents, in order. */
  read(
    table: Table,
    { signal, ...read }: TableRead & Readonly<{ signal: AbortSignal }>,
  ): AsyncIterable<Page> {
    const { window } = read
    const queryOf = (part: TableRead): Query => tableQuery(table, this.#revision, part)
    const since = (window: OpenWindow, from: number): Query =>
      queryOf({
        ...read,
        window: { from: Math.max(window.from, Math.min(from, (window.to ?? Infinity) - 1)), to: window.to },
      })
    return readPages(this.#client, {
      table,
      query: queryOf(read),
      since: window === null ? null : (from) => since(window, from),
      signal,
    })
  }

  /** Ids of all rows of a table, for those that can only be read by naming them. */
  async ids(tableName: string, signal: AbortSignal): Promise<readonly string[]> {
    const table = findTable(tableName)
    const ids: string[] = []
    for (const { name } of table.passes) {
      for await (const page of this.read(table, { pass: name, window: null, signal }))
        ids.push(...idsOf(page))
    }
    return ids
  }

  idTables(table: Table): IdTables {
    return idTables(table)
  }

  pageRows(table: Table): number {
    return pageRows(table, this.#revision)
  }

  /** Changes when the same window would be asked for differently. */
  shape(table: Table): string {
    const { query, passes } = table
    return createHash('sha256')
      .update(JSON.stringify([this.#revision, query, passes]))
      .digest('hex')
      .slice(0, 16)
  }

  isQueueing(table: Table): boolean {
    return this.#client.usage(table.name).waiting > 0
  }

  usage(table: Table): TableUsage {
    return this.#client.usage(table.name)
  }
}

/** Ids of the resources of a page. */
export function idsOf({ body }: Pick<Page, 'body'>): readonly string[] {
  const { data } = JSON.parse(withoutMark(body).toString('utf8')) as { data: readonly { id: string }[] }
  return data.map(({ id }) => id)
}
