import { describe, expect, it } from 'vitest'
import { duckDbDialect } from '../../src/destinations/duckdb/dialect.ts'
import type { Dialect } from '../../src/destinations/sql/dialect.ts'
import { createStore } from '../../src/destinations/sql/store/tables.ts'
import type { Shape, Statement } from '../../src/destinations/sql/database.ts'
import { keyIndexName, planLoad } from '../../src/destinations/sql/plan.ts'
import type { LoadMode, PlannedColumn, PlanRequest } from '../../src/destinations/sql/load-plan.ts'
import { mySqlDialect } from '../../src/destinations/mysql/dialect.ts'
import { postgresDialect } from '../../src/destinations/postgres/dialect.ts'
import type { Scheme } from '../../src/destinations/registry.ts'
import { render } from '../../src/destinations/sql/render.ts'
import { Roll } from '../../src/destinations/sql/render-roll.ts'
import { rollOf, shadowOf } from '../../src/destinations/sql/shadow.ts'
import { planSwap, renderSwap } from '../../src/destinations/sql/swap.ts'
import type { ColumnType } from '../../src/model/table.ts'
import type { StageColumn } from '../../src/model/stage.ts'

/** Of those that speak SQL; files are worked on by DuckDB's. */
const dialects: Readonly<Record<Exclude<Scheme, 'csv' | 'parquet'>, Dialect>> = {
  duckdb: duckDbDialect('shop'),
  mysql: mySqlDialect({ database: 'shop', collation: 'utf8mb4_0900_bin', caseSensitive: true }),
  postgresql: postgresDialect('public'),
}

const columns: readonly StageColumn[] = [
  { name: 'id', type: 'text' },
  { name: 'datetime', type: 'timestamp' },
  { name: 'value', type: 'decimal' },
  { name: 'event_properties', type: 'json' },
  { name: '_sluice_account', type: 'text' },
  { name: '_sluice_synced_at', type: 'timestamp' },
]
const target = { schema: 'dest', name: 'events' }
const key = ['_sluice_account', 'id']
const at = (iso: string): number => Date.parse(iso) / 1000
const request: PlanRequest = {
  target,
  columns,
  actual: null,
  mode: 'merge',
  account: 'shop',
  key,
  cursorColumn: 'datetime',
  cursorFixed: true,
  windows: [],
  mayHold: null,
  reread: [],
  runStartedAtMs: Date.parse('2026-02-01T00:00:00Z'),
}

/** The table as a first load in this mode would have left it, less some columns. */
const existing = (dialect: Dialect, mode: LoadMode, without: readonly string[] = []): Shape => ({
  columns: columns
    .filter(({ name }) => !without.includes(name))
    .map(({ name, type }) => ({
      name,
      type: key.includes(name) ? dialect.keyType(dialect.types[type], key.length) : dialect.types[type],
    })),
  indexes: dialect.lookup === 'index' ? [keyIndexName(target, mode !== 'append')] : [],
})

const plans: Readonly<Record<string, (dialect: Dialect) => readonly Statement[]>> = {
  'the tables that remember': createStore,
  'merge into a new table': (dialect) => rendered({}, dialect),
  'merge, reading again what was covered': (dialect) =>
    rendered(
      {
        actual: existing(dialect, 'merge'),
        reread: [{ from: at('2026-01-25T00:00:00Z'), to: at('2026-02-01T00:00:00Z') }],
      },
      dialect,
    ),
  'merge of what the table holds nothing of': (dialect) =>
    rendered({ actual: existing(dialect, 'merge'), mayHold: [] }, dialect),
  'merge of what the table may hold in two windows': (dialect) =>
    rendered(
      {
        actual: existing(dialect, 'merge'),
        mayHold: [
          { from: at('2026-01-25T00:00:00Z'), to: at('2026-01-25T00:00:01Z') },
          { from: at('2026-01-31T00:00:00Z'), to: at('2026-02-01T00:00:00Z') },
        ],
      },
      dialect,
    ),
  'append of what the table holds nothing of': (dialect) =>
    rendered({ mode: 'append', actual: existing(dialect, 'append'), mayHold: [] }, dialect),
  'merge of a cursor that moves, with a new column and one that the stage lacks': (dialect) => {
    const actual = existing(dialect, 'merge', ['value'])
    const old = { name: 'old', type: dialect.types.text }
    const shape = actual === null ? null : { ...actual, columns: [...actual.columns, old] }
    return rendered({ actual: shape, cursorFixed: false }, dialect)
  },
  append: (dialect) => rendered({ mode: 'append', actual: existing(dialect, 'append') }, dialect),
  'append of whole rows, after merges': (dialect) =>
    rendered({ mode: 'append', cursorColumn: null, actual: existing(dialect, 'merge') }, dialect),
  'delete+insert': (dialect) =>
    rendered(
      {
        mode: 'delete+insert',
        actual: existing(dialect, 'merge'),
        windows: [
          { from: at('2026-01-01T00:00:00Z'), to: at('2026-01-02T00:00:00Z') },
          { from: at('2026-01-05T00:00:00Z'), to: at('2026-01-06T00:00:00Z') },
        ],
      },
      dialect,
    ),
  'a snapshot': (dialect) =>
    rendered({ mode: 'snapshot', cursorColumn: null, actual: existing(dialect, 'merge') }, dialect),
  'merge of a set: messages of the campaigns in the main stage': (dialect) =>
    rendered(
      {
        columns: [{ name: 'campaign_id', type: 'text' }, ...columns],
        cursorColumn: null,
        owner: 'campaign_id',
      },
      dialect,
    ),
  'a snapshot read anew': (dialect) =>
    rendered({ mode: 'renew', cursorColumn: null, actual: existing(dialect, 'merge') }, dialect),
  'a roll call of an interval': rolled,
  'a swap, other accounts in the table': (dialect) => swapped(dialect, true),
  'a swap, nobody else in the table': (dialect) => swapped(dialect, false),
}

const rendered = (changes: Partial<PlanRequest>, dialect: Dialect): readonly Statement[] =>
  render(planLoad({ ...request, ...changes }, dialect), dialect, {
    stage: dialect.quote('stage'),
    main: { stage: dialect.quote('main'), key: 'id' },
  })

function rolled(dialect: Dialect): readonly Statement[] {
  const column = (name: string, type: ColumnType): PlannedColumn => ({
    name,
    staged: name,
    type,
    own: dialect.types[type],
    actual: dialect.types[type],
  })
  const roll = new Roll({
    dialect,
    table: target,
    roll: rollOf(target, 'shop'),
    account: 'shop',
    scope: {
      startedAtMs: Date.parse('2026-02-01T00:00:00Z'),
      window: { from: at('2026-01-01T00:00:00Z'), to: at('2026-01-02T00:00:00Z') },
    },
    columns: {
      account: column('_sluice_account', 'text'),
      syncedAt: column('_sluice_synced_at', 'timestamp'),
      deletedAt: column('_sluice_deleted_at', 'timestamp'),
      cursor: column('datetime', 'timestamp'),
      key: [column('id', 'text')],
    },
  })
  return [
    roll.countAsked(),
    roll.create(),
    roll.insert('"stage"'),
    roll.countAbsent(),
    roll.selectAbsent({ after: '7q', limit: 100 }),
    roll.countGathered(),
    roll.countBack(),
    roll.mark(),
    roll.revive(),
  ]
}

function swapped(dialect: Dialect, others: boolean): readonly Statement[] {
  const swap = {
    account: 'shop',
    sourceTable: 'events',
    table: target,
    strategy: 'merge',
    key: ['id'],
    cursor: { column: 'datetime', fixed: true, lookbackSeconds: 0 },
    anew: true,
    passes: [''],
    sets: [],
    identity: null,
    madeOf: { flatten: false },
    telltale: { nested: [], flat: [] },
    runStartedAt: at('2026-02-01T00:00:00Z'),
  } as const
  const shadow = existing(dialect, 'merge')
  const plan = planSwap(swap, { target: { shape: existing(dialect, 'merge'), others }, shadow }, dialect)
  expect(dialect.table(shadowOf(target, 'shop'))).toContain('events__sluice_aside_')
  return renderSwap(plan, swap, dialect)
}

describe('the SQL of every plan, byte for byte', () => {
  it.each(Object.entries(dialects))('%s', async (scheme, dialect) => {
    const text = Object.entries(plans).map(([name, plan]) => {
      const statements = plan(dialect).map(({ sql, values }) =>
        values.length === 0 ? `${sql};` : `${sql};\n-- ${JSON.stringify(values)}`,
      )
      return `-- ${name}\n\n${statements.join('\n\n')}\n`
    })
    await expect(text.join('\n\n')).toMatchFileSnapshot(`${scheme}.sql`)
  })
})

// "Can't reopen table": https://dev.mysql.com/doc/refman/8.4/en/temporary-table-problems.html
it('no statement for MySQL names the stage twice, which it refuses of a temporary table', () => {
  const statements = Object.values(plans).flatMap((plan) => plan(dialects.mysql))
  const named = statements.map(({ sql }) => sql.split('`stage`').length - 1)
  expect(Math.max(...named)).toBe(1)
})
