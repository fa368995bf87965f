import { parseTableName } from '../model/table-name.ts'
import { SluiceError } from '../model/errors.ts'
import type { Sentence } from '../model/errors.ts'
import type { Telltale } from '../model/made-of.ts'
import { SLUICE_SCHEMA } from '../model/names.ts'
import type { TableName } from '../model/names.ts'
import type { Listener } from '../model/run-event.ts'
import type { OptionName } from '../model/spelling.ts'
import type { Column, Table } from '../model/table.ts'
import type { EpochSeconds } from '../model/time.ts'
import type { TableJob } from './table-run.ts'
import { checkOptions } from '../config/check-options.ts'
import type { OptionKind, OptionKinds } from '../config/check-options.ts'
import { checkInterval, parseDuration, parseInstant } from '../config/interval.ts'
import { parseSourceUri } from '../config/source-uri.ts'
import type { SourceConfig } from '../config/source-uri.ts'

/** What a user may ask for. Texts are as on the command line. */
export type IngestOptions = Readonly<{
  /** `klaviyo://?api_key=pk_…`; without `api_key`, the environment variable `KLAVIYO_API_KEY`. */
  sourceUri: string
  /** `events`; several separated by commas; `*` for every table. */
  sourceTable: string
  /** `duckdb:///shop.duckdb`, `postgresql://…`, `mysql://…` */
  destUri: string
  /** `schema.table`; `*` in it stands for the source table's name. Default: the source table's name. */
  destTable?: string
  /** First instant that must be covered: `2022-01-01`. */
  intervalStart?: string
  /** First instant that need not be: the interval is half-open. Default: now. */
  intervalEnd?: string
  /** Default: the table's own, see `sluice tables`. */
  incrementalStrategy?: string
  /** Column that tells what is new; only the table's own cursor will do. */
  incrementalKey?: string
  /** Only the table's own key will do. */
  primaryKey?: string
  /** How far to look back behind what is covered: `7d`, `12h`, `0`. Default: the table's own. */
  lookback?: string
  /** Reads everything anew and swaps it in when complete. */
  fullRefresh?: boolean
  /** Reads what is covered as well. */
  reload?: boolean
  /**
   * Afterwards looks at Klaviyo for the rows of tables with a cursor, by their ids alone, and marks those that it has
   * no more in `_sluice_deleted_at`. Events are looked for in the interval named.
   */
  reconcile?: boolean
  /** One column per field of nested objects whose fields Klaviyo declares. */
  flatten?: boolean
  /** Goes on where rows would go that are not read again: a refresh of an interval removes those outside it. */
  yes?: boolean
  /** Windows read at once: a number, or `auto`. Default `auto`. */
  extractParallelism?: number | string
  signal?: AbortSignal
  onEvent?: Listener
  /** Where landed pages wait. Default: `SLUICE_STATE_DIR`, else the XDG state folder. */
  stateFolder?: string
  env?: Readonly<Record<string, string | undefined>>
}>

/** Every option, and what it takes: for those whom no compiler has told. */
export const INGEST_OPTIONS: Readonly<Record<keyof IngestOptions, OptionKind>> = {
  sourceUri: 'uri',
  sourceTable: 'text',
  destUri: 'uri',
  destTable: 'text',
  intervalStart: 'text',
  intervalEnd: 'text',
  incrementalStrategy: 'text',
  incrementalKey: 'text',
  primaryKey: 'text',
  lookback: 'text',
  fullRefresh: 'flag',
  reload: 'flag',
  reconcile: 'flag',
  flatten: 'flag',
  yes: 'flag',
  extractParallelism: 'count',
  signal: 'signal',
  onEvent: 'function',
  stateFolder: 'text',
  env: 'variables',
} satisfies OptionKinds

/** @throws SluiceError `usage` */
export const checkIngestOptions = (options: IngestOptions): void =>
  checkOptions(options, INGEST_OPTIONS, ['sourceUri', 'sourceTable', 'destUri'])

/** The same without an optional or a text in it. */
export type IngestPlan = Readonly<{ source: SourceConfig; destUri: string; jobs: readonly TableJob[] }>

export type Catalog = Readonly<{
  tables: () => readonly Table[]
  findTable: (name: string) => Table
  columnsOf: (table: Table, options: { flatten: boolean }) => readonly Column[]
}>

const STRATEGIES = ['merge', 'append', 'replace', 'delete+insert'] as const

/** Strategies that other tools have under another name. */
const EQUIVALENTS: Readonly<Record<string, string>> = {
  'truncate+insert': 'What it does is "replace" here, without a moment in which the table is empty.',
  scd2: 'To keep every version of a row, use "append".',
}

/** @throws SluiceError `usage` or `credentials` for the first thing that does not fit. */
export function parseIngest(
  options: IngestOptions,
  context: Readonly<{
    catalog: Catalog
    env: Readonly<Record<string, string | undefined>>
    now: EpochSeconds
  }>,
): IngestPlan {
  const source = parseSourceUri(options.sourceUri, context.env)
  const tables = parseTables(options.sourceTable, context.catalog)
  const start =
    options.intervalStart === undefined ? null : parseInstant(options.intervalStart, 'intervalStart')
  const end = options.intervalEnd === undefined ? null : parseInstant(options.intervalEnd, 'intervalEnd')
  checkInterval({ start, end }, context.now)
  const shared = {
    interval: { start, end },
    lookbackSeconds: options.lookback === undefined ? null : parseDuration(options.lookback, 'lookback'),
    fullRefresh: options.fullRefresh ?? false,
    reload: options.reload ?? false,
    yes: options.yes ?? false,
    reconcile: options.reconcile ?? false,
    parallelism: parseParallelism(options.extractParallelism),
  }
  const destTable = options.destTable ?? '*'
  if (tables.length > 1 && !destTable.includes('*'))
    throw invalid(
      'destTable',
      (option) =>
        `${option('destTable')} "${destTable}" names one table and ${option('sourceTable')} names ${tables.length}. Write "*" where the name of each belongs, as in "dest.*".`,
    )
  return {
    source,
    destUri: options.destUri,
    jobs: tables.map((table) => {
      checkKeys(table, options)
      const telltale = telltaleOf(table, context.catalog)
      // Of a table without nested objects both would be the same.
      const flatten = options.flatten === true && telltale.nested.length > 0
      const strategy = parseStrategy(options.incrementalStrategy) ?? table.strategy
      if (shared.reconcile) checkReconcile(table, { strategy, ...shared.interval })
      return {
        ...shared,
        table,
        columns: context.catalog.columnsOf(table, { flatten }),
        madeOf: { flatten },
        telltale,
        target: parseTarget(destTable.replaceAll('*', table.name.replaceAll('-', '_'))),
        strategy,
      }
    }),
  }
}

/** Which columns only rows of one shape have. */
function telltaleOf(table: Table, { columnsOf }: Catalog): Telltale {
  const [nested = [], flat = []] = [false, true].map((flatten) =>
    columnsOf(table, { flatten }).map(({ name }) => name),
  )
  return {
    nested: nested.filter((name) => !flat.includes(name)),
    flat: flat.filter((name) => !nested.includes(name)),
  }
}

function parseTables(text: string, catalog: Catalog): readonly Table[] {
  if (text.trim() === '*') return catalog.tables()
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  if (names.length === 0)
    throw invalid(
      'sourceTable',
      (option) =>
        `${option('sourceTable')} is empty. Name a table, several separated by commas, or "*" for all.`,
    )
  return [...new Set(names)].map((name) => catalog.findTable(name))
}

function parseTarget(text: string): TableName {
  const target = parseTableName(text)
  if (target.schema?.toLowerCase() !== SLUICE_SCHEMA) return target
  throw invalid(
    'destTable',
    (option) =>
      `${option('destTable')} "${text}" is in the schema "${SLUICE_SCHEMA}", which holds what sluice remembers. Choose another schema.`,
  )
}

function parseStrategy(text: string | undefined): TableJob['strategy'] | null {
  if (text === undefined) return null
  const found = STRATEGIES.find((strategy) => strategy === text)
  if (found !== undefined) return found
  throw invalid(
    'incrementalStrategy',
    (option) =>
      `${option('incrementalStrategy')} "${text}" is unknown. ${EQUIVALENTS[text] ?? `It takes ${STRATEGIES.join(', ')}; left out, each table has its own.`}`,
  )
}

function parseParallelism(value: number | string | undefined): number | 'auto' {
  if (value === undefined || value === 'auto') return 'auto'
  const number = Number(value)
  if (Number.isInteger(number) && number >= 1 && number <= 1_000) return number
  throw invalid(
    'extractParallelism',
    (option) => `${option('extractParallelism')} "${value}" is neither "auto" nor a number from 1 to 1000.`,
  )
}

/** Ids of events are as many as the events, a thousand a request: all of them are never meant by mistake. */
function checkReconcile(
  { name, cursor }: Table,
  { strategy, start, end }: Pick<TableJob, 'strategy'> & TableJob['interval'],
): void {
  if (cursor === null && strategy === 'append')
    throw invalid(
      'reconcile',
      (option) =>
        `${option('reconcile')} cannot be used for "${name}" with ${option('incrementalStrategy', 'append')}: the table is read whole, and each version of a row stays as it was. Leave one of them out, or "${name}".`,
    )
  if (cursor?.fixed === true && (start === null || end === null))
    throw invalid(
      'reconcile',
      (option) =>
        `${option('reconcile')} looks for "${name}" in an interval only. Name it with ${option('intervalStart')} and ${option('intervalEnd')}, or leave "${name}" out.`,
    )
}

function checkKeys(table: Table, { incrementalKey, primaryKey }: IngestOptions): void {
  if (incrementalKey !== undefined && incrementalKey !== table.cursor?.field)
    throw invalid('incrementalKey', (option) =>
      table.cursor === null
        ? `Klaviyo cannot filter "${table.name}" by "${incrementalKey}": the table is read whole. Leave ${option('incrementalKey')} out.`
        : `Klaviyo cannot filter "${table.name}" by "${incrementalKey}". Leave ${option('incrementalKey')} out, or write "${table.cursor.field}".`,
    )
  if (primaryKey !== undefined && primaryKey !== table.key.join(','))
    throw invalid(
      'primaryKey',
      (option) =>
        `The key of "${table.name}" is "${table.key.join(',')}", not "${primaryKey}". Leave ${option('primaryKey')} out.`,
    )
}

const invalid = (option: OptionName, sentence: Sentence): SluiceError =>
  new SluiceError('invalid-option', sentence, { facts: { option } })
