import type { Paging, Rate, Table } from '../model/table.ts'
import { describeTable } from './table-detail.ts'
import { fitted, folded } from './text-layout.ts'

/** Where the command finds tables; `findTable` throws a usage error for an unknown name. */
export type TableCatalog = Readonly<{
  tables: () => readonly Table[]
  findTable: (name: string) => Table
}>

export type TablesRequest = Readonly<{
  catalog: TableCatalog
  /** Only this one, in detail. */
  table?: string | undefined
  /** The tables as data instead of text. */
  json: boolean
  print: (line: string) => void
  /** Columns that lines must keep to. Default: any. */
  width?: number
}>

/** `sluice tables [TABLE] [--json]`: what there is to read from Klaviyo. */
export function tablesCommand({ catalog, table, json, print, width = Infinity }: TablesRequest): void {
  if (table === undefined) {
    const tables = catalog.tables()
    for (const line of json ? [asJson(tables)] : folded(listTables(tables, width), width)) print(line)
    return
  }
  const found = catalog.findTable(table)
  for (const line of json ? [asJson(found)] : folded(describeTable(found, width), width)) print(line)
}

const asJson = (value: unknown): string => JSON.stringify(value, null, 2)

function listTables(tables: readonly Table[], width: number): readonly string[] {
  const isJobs = ({ name }: Table): boolean => name.endsWith('-jobs')
  return [
    ...summary(
      tables.filter((table) => !isJobs(table)),
      width,
    ),
    '',
    'Bulk jobs, which Klaviyo keeps only for a while:',
    '',
    ...summary(tables.filter(isJobs), width),
    '',
    'A table without a cursor is read whole on every run: Klaviyo cannot filter it by time of change.',
    'Run `sluice tables TABLE` for columns, filters and all else about one of them.',
  ]
}

function summary(tables: readonly Table[], width: number): readonly string[] {
  const rows = [
    ['TABLE', 'KEY', 'CURSOR', 'STRATEGY', 'PAGE', 'LIMITS', 'SCOPES (:read)'],
    ...tables.map((table) => [
      table.name,
      table.key.join(' '),
      table.cursor?.field ?? '-',
      table.strategy,
      pageLabel(table.paging),
      rateLabel(table.rate),
      table.scopes.map((scope) => scope.replace(/:read$/, '')).join(' '),
    ]),
  ]
  return fitted(rows, { width })
}

function pageLabel(paging: Paging): string {
  switch (paging.kind) {
    case 'sized':
      return String(paging.max)
    case 'cursor':
      return 'fixed'
    case 'none':
      return 'single'
    default:
      return paging satisfies never
  }
}

const rateLabel = ({ perSecond, perMinute }: Rate): string => `${perSecond}/s ${perMinute}/m`
