import { describe, expect, it } from 'vitest'
import { duckDbDialect } from '../duckdb/dialect.ts'
import type { LoadMode, PlanRequest, Step } from './load-plan.ts'
import { keyIndexName, planLoad } from './plan.ts'
import { postgresDialect } from '../postgres/dialect.ts'

const duckdb = duckDbDialect('shop')
const postgres = postgresDialect('public')
const request: PlanRequest = {
  target: { schema: 'dest', name: 'events' },
  columns: [
    { name: 'id', type: 'text' },
    { name: 'at', type: 'timestamp' },
    { name: 'n', type: 'integer' },
    { name: '_sluice_account', type: 'text' },
    { name: '_sluice_synced_at', type: 'timestamp' },
  ],
  actual: null,
  mode: 'merge',
  account: 'shop',
  key: ['_sluice_account', 'id'],
  cursorColumn: 'at',
  cursorFixed: false,
  windows: [],
  mayHold: null,
  reread: [],
  runStartedAtMs: 0,
}
const columns = [
  { name: 'ID', type: 'VARCHAR' },
  { name: 'at', type: 'TIMESTAMP WITH TIME ZONE' },
  { name: '_sluice_account', type: 'VARCHAR' },
  { name: '_sluice_synced_at', type: 'TIMESTAMP WITH TIME ZONE' },
  { name: '_sluice_deleted_at', type: 'TIMESTAMP WITH TIME ZONE' },
]
const kinds = (steps: readonly Step[]): readonly string[] => steps.map(({ kind }) => kind)
const plan = (changes: Partial<PlanRequest>, dialect = duckdb) =>
  planLoad({ ...request, ...changes }, dialect).steps

describe('planLoad', () => {
  it('makes what is missing: schema, table, columns', () => {
    expect(kinds(plan({}))).toEqual(['create schema', 'create table', 'merge'])
    expect(kinds(plan({ target: { schema: null, name: 'events' } }))).toEqual(['create table', 'merge'])
    const steps = plan({ actual: { columns, indexes: [] } })
    expect(steps[0]).toMatchObject({
      kind: 'add column',
      column: { name: 'n', type: 'integer', actual: null },
    })
    expect(kinds(steps)).toEqual(['add column', 'merge'])
  })

  it('calls columns by the name that the table has for them', () => {
    const [, merge] = plan({ actual: { columns, indexes: [] } })
    expect(merge).toMatchObject({
      rows: { key: [{ name: '_sluice_account' }, { name: 'ID', staged: 'id' }] },
    })
  })

  it('never compares the key or the time of the load', () => {
    const [, , merge] = plan({})
    expect(merge?.kind === 'merge' && merge.rows.compared.map(({ name }) => name)).toEqual([
      'at',
      'n',
      '_sluice_deleted_at',
    ])
  })

  it('keeps the index that the mode needs, where there are indexes', () => {
    const target = request.target
    const unique = {
      columns: columns.map(({ name, type }) => ({
        name,
        type: type === 'VARCHAR' ? 'text' : 'timestamp with time zone',
      })),
      indexes: [keyIndexName(target, true)],
    }
    const added = { ...unique, columns: [...unique.columns, { name: 'n', type: 'bigint' }] }
    const steps = (mode: LoadMode) => kinds(plan({ mode, actual: added }, postgres))
    expect(steps('merge')).toEqual(['merge'])
    expect(steps('append')).toEqual(['create index', 'drop index', 'append'])
    expect(kinds(plan({}, postgres))).toEqual(['create schema', 'create table', 'create index', 'merge'])
    expect(kinds(plan({ mode: 'append' }))).not.toContain('create index')
  })

  it('gives every table the mark of rows that are gone', () => {
    const names = (changes: Partial<PlanRequest>): unknown => {
      const create = plan(changes).find((step) => step.kind === 'create table')
      return create?.kind === 'create table' && create.columns.at(-1)?.name
    }
    expect(names({ mode: 'snapshot', cursorColumn: null })).toBe('_sluice_deleted_at')
    expect(names({ mode: 'renew', cursorColumn: null })).toBe('_sluice_deleted_at')
    expect(names({ mode: 'merge' })).toBe('_sluice_deleted_at')
  })

  it.each([
    ['n', 'SMALLINT', /Column "n" of table "dest.events" is SMALLINT, but the data needs BIGINT/],
    ['at', 'VARCHAR', /Column "at" .* is VARCHAR, but the data needs TIMESTAMP WITH TIME ZONE/],
    ['ID', 'BIGINT', /Column "ID" .* is BIGINT, but the data needs VARCHAR/],
  ])('refuses %s as %s', (name, type, message) => {
    const others = columns.filter((column) => column.name !== name)
    expect(() => plan({ actual: { columns: [...others, { name, type }], indexes: [] } })).toThrow(message)
  })

  it.each(['BIGINT', 'HUGEINT', 'DOUBLE', 'VARCHAR', 'DECIMAL(38,0)'])('takes %s for an integer', (type) => {
    expect(kinds(plan({ actual: { columns: [...columns, { name: 'n', type }], indexes: [] } }))).toEqual([
      'merge',
    ])
  })
})
