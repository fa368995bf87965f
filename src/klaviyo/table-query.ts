import type { Filter } from '../model/filter.ts'
import type { Table } from '../model/table.ts'
import { filterText, windowFilters, type OpenWindow } from './filter.ts'

export type TableRead = Readonly<{
  /** Name of the pass. */
  pass: string
  /** Null: the whole table. */
  window: OpenWindow | null
  /** The parent's ids of this read, where the table can only be read by them. */
  parents?: readonly string[]
}>

/** The parameters of a first request: what the table always asks for, the largest page, and the filter. */
export function tableQuery(
  table: Table,
  revision: string,
  { pass, window, parents }: TableRead,
): [string, string][] {
  const filters: Filter[] = [...(table.passes.find(({ name }) => name === pass)?.filter ?? [])]
  if (table.parent !== null && parents !== undefined)
    filters.push({ operator: 'any', field: table.parent.field, value: { kind: 'texts', texts: parents } })
  if (window !== null && table.cursor !== null) filters.push(...windowFilters(table.cursor, window))
  return [
    ...Object.entries(table.query),
    ...(table.paging.kind === 'sized' && revision >= table.paging.sinceRevision
      ? ([['page[size]', String(table.paging.max)]] as const)
      : []),
    ...(filters.length === 0 ? [] : ([['filter', filterText(filters)]] as const)),
  ].map(([name, value]) => [name, value])
}

/** Rows of a full page, for guesses before the first one is in. */
export function pageRows({ paging }: Table, revision: string): number {
  if (paging.kind !== 'sized') return 100
  return revision >= paging.sinceRevision ? paging.max : paging.default
}
