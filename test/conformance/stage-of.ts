import type { Engine, Value } from '../../src/engine/engine.ts'
import type { Stage, StageColumn } from '../../src/model/stage.ts'
import type { ColumnType } from '../../src/model/table.ts'

const duckTypes: Readonly<Record<ColumnType, string>> = {
  text: 'varchar',
  integer: 'bigint',
  decimal: 'double',
  boolean: 'boolean',
  timestamp: 'timestamptz',
  json: 'json',
}

export type StageRows = Readonly<{
  columns: Readonly<Record<string, ColumnType>>
  rows: readonly Readonly<Record<string, Value>>[]
  account?: string
  syncedAt?: string
}>

let made = 0

/** A stage with these rows, as the engine would leave it. Columns that a row does not name are null. */
export async function stageOf(engine: Engine, given: StageRows): Promise<Stage> {
  made += 1
  const relation = `stage "${made}"`
  const columns: readonly StageColumn[] = [
    ...Object.entries(given.columns).map(([name, type]) => ({ name, type })),
    { name: '_sluice_account', type: 'text' },
    { name: '_sluice_synced_at', type: 'timestamp' },
  ]
  const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`
  const defined = columns.map(({ name, type }) => `${quote(name)} ${duckTypes[type]}`)
  await engine.run(`create table ${quote(relation)} (${defined.join(', ')})`)
  for (const row of given.rows) {
    const own: Readonly<Record<string, Value>> = {
      _sluice_account: given.account ?? 'shop',
      _sluice_synced_at: given.syncedAt ?? '2026-02-01T00:00:00Z',
      ...row,
    }
    const slots = columns.map(({ type }, i) => `cast($${i + 1} as ${duckTypes[type]})`)
    await engine.run(
      `insert into ${quote(relation)} values (${slots.join(', ')})`,
      columns.map(({ name }) => own[name] ?? null),
    )
  }
  return { relation, columns, rows: given.rows.length, altered: [], together: 0 }
}
