// The tables that sluice can read: facts compiled from Klaviyo's OpenAPI file (tables.generated.json, see
// scripts/compile-catalog.mjs), joined with what that file cannot say (overlay.ts). No request is made here.
import { readFileSync } from 'node:fs'
import { SluiceError } from '../../model/errors.ts'
import { FIRST_REVISION } from '../../model/table.ts'
import type { Column, Paging, Relationship, Table } from '../../model/table.ts'
import { nearest } from '../../util/nearest.ts'
import { overlays } from './overlay.ts'
import type { Overlay } from './overlay.ts'

/** The revision of Klaviyo's API that the catalog describes and that requests name. */
export const REVISION = '2026-07-15'

/** What the compile script writes of a table. */
type SpecTable = Readonly<
  Omit<Table, 'key' | 'cursor' | 'strategy' | 'query' | 'passes' | 'parent' | 'paging'> & {
    paging: Readonly<{ kind: 'sized'; default: number; max: number }> | Exclude<Paging, { kind: 'sized' }>
  }
>

let loaded: readonly Table[] | undefined

/** Every table, by name. The file is read on the first call. */
export function tables(): readonly Table[] {
  loaded ??= readSpecTables().map((spec) => tableOf(spec, overlays[spec.name] ?? {}))
  return loaded
}

export function tableNames(): readonly string[] {
  return tables().map(({ name }) => name)
}

/**
 * The table of that name.
 * @throws SluiceError `usage` for an unknown one, naming the nearest.
 */
export function findTable(name: string): Table {
  const table = tables().find((each) => each.name === name)
  if (table !== undefined) return table
  const similar = nearest(name, tableNames())
  const hint = similar === null ? '' : ` Did you mean "${similar}"?`
  throw new SluiceError(
    'unknown-table',
    `Klaviyo has no table "${name}".${hint} Run \`sluice tables\` to see all of them.`,
  )
}

/**
 * The columns of a table as they are loaded. `flatten` puts one column per field (`location_city`) in the
 * place of each object whose fields are declared; open-ended ones stay JSON.
 */
export function columnsOf(table: Table, { flatten }: { flatten: boolean }): readonly Column[] {
  return flatten ? table.columns.flatMap(fieldsOf) : table.columns
}

const fieldsOf = (column: Column): readonly Column[] => column.fields?.flatMap(fieldsOf) ?? [column]

function readSpecTables(): readonly SpecTable[] {
  const file = new URL('tables.generated.json', import.meta.url)
  return (JSON.parse(readFileSync(file, 'utf8')) as { tables: readonly SpecTable[] }).tables
}

function tableOf(spec: SpecTable, overlay: Overlay): Table {
  return {
    ...spec,
    key: ['id'],
    columns: [
      { name: 'id', path: ['id'], type: 'text' },
      ...spec.columns
        .filter(({ name }) => overlay.unfilled?.includes(name) !== true)
        .map((column) => ({ ...column, type: overlay.types?.[column.name] ?? column.type })),
      ...(overlay.embedded ?? []).map((name) => idColumn(relationshipOf(spec, name))),
    ],
    cursor: overlay.cursor ?? null,
    strategy: overlay.strategy ?? 'replace',
    paging:
      spec.paging.kind === 'sized'
        ? { ...spec.paging, sinceRevision: overlay.pageSizeSince ?? FIRST_REVISION }
        : spec.paging,
    query: overlay.query ?? {},
    passes: overlay.passes ?? [{ name: '', filter: [] }],
    parent: overlay.parent ?? null,
  }
}

function relationshipOf(spec: SpecTable, name: string): Relationship {
  const found = spec.relationships.find((each) => each.name === name)
  if (found === undefined) throw new SluiceError('bug', `Table "${spec.name}" has no relationship "${name}".`)
  return found
}

/** `tag-group` becomes `tag_group_id`, `campaign-messages` becomes `campaign_messages_ids`, an array. */
function idColumn({ name, many }: Relationship): Column {
  const snake = name.replaceAll('-', '_')
  return many
    ? { name: `${snake}_ids`, path: ['relationships', name, 'data', '*', 'id'], type: 'json' }
    : { name: `${snake}_id`, path: ['relationships', name, 'data', 'id'], type: 'text' }
}
