import { describe, expect, it } from 'vitest'
import { SluiceError } from '../../model/errors.ts'
import type { Column, Table } from '../../model/table.ts'
import { columnsOf, findTable, tableNames, tables } from './catalog.ts'
import { overlays } from './overlay.ts'

// The tables that other tools have, with their key, cursor and strategy: users bring expectations along.
// Where Klaviyo cannot filter by a table's time of update, the cursor is null and every run reads it whole.
const familiar = {
  events: ['datetime', 'merge'],
  profiles: ['updated', 'merge'],
  campaigns: ['updated_at', 'merge'],
  metrics: [null, 'merge'],
  tags: [null, 'replace'],
  coupons: [null, 'replace'],
  'catalog-variants': [null, 'merge'],
  'catalog-categories': [null, 'merge'],
  'catalog-items': [null, 'merge'],
  flows: ['updated', 'merge'],
  lists: ['updated', 'merge'],
  images: ['updated_at', 'merge'],
  segments: ['updated', 'merge'],
  forms: ['updated_at', 'merge'],
  templates: ['updated', 'merge'],
} as const

describe('the catalog', () => {
  it.each(Object.entries(familiar))('has %s with cursor and strategy %j', (name, [cursor, strategy]) => {
    const table = findTable(name)
    expect(table.key).toEqual(['id'])
    expect([table.cursor?.field ?? null, table.strategy]).toEqual([cursor, strategy])
  })

  it('has no overlay without a table', () => {
    expect(Object.keys(overlays).filter((name) => !tableNames().includes(name))).toEqual([])
  })

  it('names every table once', () => {
    expect(tableNames()).toHaveLength(new Set(tableNames()).size)
    expect(tableNames()).toEqual([...tableNames()].sort())
    expect(tableNames().length).toBeGreaterThan(40)
  })

  it('suggests the nearest table for a mistyped one', () => {
    expect(() => findTable('catalog_item')).toThrow('Did you mean "catalog-items"?')
    expect(() => findTable('Profile')).toThrow('Did you mean "profiles"?')
    expect(() => findTable('zzz')).toThrow(/^Klaviyo has no table "zzz"\. Run/)
    expect(() => findTable('zzz')).toThrow(SluiceError)
  })
})

describe.each(tables().map((table) => ({ name: table.name, table })))('$name', ({ table }) => {
  it.each([false, true])('has snake_case columns, each once, id first (flatten: %s)', (flatten) => {
    const names = columnsOf(table, { flatten }).map(({ name }) => name)
    expect(names[0]).toBe('id')
    expect(names).toHaveLength(new Set(names).size)
    expect(names.filter((name) => !/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(name))).toEqual([])
  })

  it('asks only for what the endpoint offers', () => {
    const { sort, include, ...others } = table.query
    expect(sort === undefined ? [] : [sort]).toEqual(table.sorts.filter((name) => name === sort))
    const included = include?.split(',') ?? []
    expect(included.filter((name) => !table.includes.includes(name))).toEqual([])
    for (const [parameter, value] of Object.entries(others)) {
      const [, kind, type = ''] = /^(fields|additional-fields)\[(.+)\]$/.exec(parameter) ?? []
      const offered = kind === 'fields' ? includedTypes(table) : Object.keys(table.additionalFields)
      expect(offered).toContain(type)
      if (kind === 'additional-fields') expect(table.additionalFields[type]).toContain(value)
    }
  })

  it('has distinct passes, named where there are several', () => {
    const names = table.passes.map(({ name }) => name)
    expect(names).toHaveLength(new Set(names).size)
    expect(names.length === 1 || !names.includes('')).toBe(true)
  })

  it('filters its passes and its parent only as the endpoint allows', () => {
    const used = [
      ...table.passes.flatMap(({ filter }) => filter.map(({ field, operator }) => `${field} ${operator}`)),
      ...(table.parent === null ? [] : [`${table.parent.field} any`]),
    ]
    const offered = table.filters.flatMap(({ field, operators, listOperators }) =>
      [...operators, ...listOperators].map((operator) => `${field} ${operator}`),
    )
    expect(used.filter((each) => !offered.includes(each))).toEqual([])
    if (table.filterRequired) expect(used).not.toEqual([])
  })
})

const withCursor = tables().flatMap(({ cursor, ...table }) => (cursor === null ? [] : [{ ...table, cursor }]))

describe.each(withCursor)('the cursor of $name', (table) => {
  const { field, lower, upper } = table.cursor

  it('is a timestamp column that is sorted by', () => {
    expect(columnNamed(table, field)).toMatchObject({ path: ['attributes', field], type: 'timestamp' })
    expect(table.query['sort']).toBe(field)
    expect(table.strategy).toBe('merge')
  })

  it('uses the best bounds that the endpoint offers', () => {
    const { operators = [] } = table.filters.find((each) => each.field === field) ?? {}
    expect(lower).toBe(operators.includes('greater-or-equal') ? 'greater-or-equal' : 'greater-than')
    expect(upper).toBe(operators.includes('less-than') ? 'less-than' : null)
    expect(operators).toContain(lower)
  })
})

it('every time of update that can be filtered by is used as a cursor', () => {
  const missed = tables().filter(
    ({ cursor, filters }) => cursor === null && filters.some(({ field }) => /^updated(_at)?$/.test(field)),
  )
  expect(missed.map(({ name }) => name)).toEqual([])
})

it('every included relationship becomes a column of ids', () => {
  const missed = tables().flatMap((table) =>
    (table.query['include']?.split(',') ?? []).filter(
      (name) => !table.columns.some(({ path }) => path[0] === 'relationships' && path[1] === name),
    ),
  )
  expect(missed).toEqual([])
})

it('tables that must be filtered have passes or a parent', () => {
  expect(tables().flatMap(({ name, filterRequired }) => (filterRequired ? [name] : []))).toEqual([
    'campaigns',
    'coupon-codes',
  ])
  expect(findTable('campaigns').passes.map(({ name }) => name)).toEqual([
    'email',
    'email-archived',
    'sms',
    'sms-archived',
    'mobile-push',
    'mobile-push-archived',
  ])
  expect(findTable('coupon-codes').parent).toEqual({
    table: 'coupons',
    field: 'coupon.id',
    idsPerRequest: 50,
  })
})

it('knows page sizes, limits and scopes', () => {
  expect(findTable('events')).toMatchObject({
    paging: { kind: 'sized', default: 200, max: 1000, sinceRevision: '2026-01-15' },
    rate: { perSecond: 350, perMinute: 3500 },
    scopes: ['events:read'],
  })
  expect(findTable('metrics').paging).toEqual({ kind: 'cursor' })
  expect(findTable('accounts').paging).toEqual({ kind: 'none' })
  expect(findTable('profiles').reducedRates).toEqual([
    {
      parameter: 'additional-fields[profile]',
      value: 'predictive_analytics',
      rate: { perSecond: 10, perMinute: 150 },
    },
  ])
})

describe('columns', () => {
  it('come from attributes, and from the relationships that carry ids', () => {
    expect(columnNamed(findTable('events'), 'profile_id')).toEqual({
      name: 'profile_id',
      path: ['relationships', 'profile', 'data', 'id'],
      type: 'text',
    })
    expect(columnNamed(findTable('campaigns'), 'campaign_messages_ids')).toEqual({
      name: 'campaign_messages_ids',
      path: ['relationships', 'campaign-messages', 'data', '*', 'id'],
      type: 'json',
    })
    expect(findTable('events').columns.map(({ name }) => name)).toEqual([
      'id',
      'timestamp',
      'event_properties',
      'datetime',
      'uuid',
      'profile_id',
      'metric_id',
    ])
  })

  it('have the types that values really have', () => {
    const types = (table: string, ...names: readonly string[]): readonly (string | undefined)[] =>
      names.map((name) => columnNamed(findTable(table), name)?.type)
    expect(types('metrics', 'created', 'updated', 'integration')).toEqual(['timestamp', 'timestamp', 'json'])
    expect(types('catalog-variants', 'price', 'inventory_policy')).toEqual(['decimal', 'integer'])
    expect(types('images', 'size', 'hidden', 'format')).toEqual(['integer', 'boolean', 'text'])
  })

  it('leave out what an ordinary read does not bring', () => {
    expect(columnNamed(findTable('profiles'), 'subscriptions')).toBeDefined()
    expect(columnNamed(findTable('profiles'), 'predictive_analytics')).toBeUndefined()
    expect(columnNamed(findTable('templates'), 'definition')).toBeUndefined()
  })

  it('flatten declared objects, to any depth, and leave open-ended ones', () => {
    const names = columnsOf(findTable('profiles'), { flatten: true }).map(({ name }) => name)
    expect(names).toContain('location_city')
    expect(names).toContain('subscriptions_email_marketing_consent')
    expect(names).toContain('properties')
    expect(names).not.toContain('location')
    expect(columnNamed(findTable('profiles'), 'location')?.fields?.map(({ name }) => name)).toContain(
      'location_city',
    )
  })
})

const columnNamed = (table: Pick<Table, 'columns'>, name: string): Column | undefined =>
  table.columns.find((column) => column.name === name)

const includedTypes = ({ query, relationships }: Table): readonly string[] =>
  relationships
    .filter(({ name }) => query['include']?.split(',').includes(name) === true)
    .map(({ type }) => type)
