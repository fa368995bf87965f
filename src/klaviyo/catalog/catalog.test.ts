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

  it('has a column for its cursor, sorted by and of type timestamp', () => {
    if (table.cursor === null) return
    expect(columnNamed(table, table.cursor.field)).toMatchObject({
      path: ['attributes', table.cursor.field],
      type: 'timestamp',
    })
    expect(table.query['sort']).toBe(table.cursor.field)
  })

  it('merges where it reads by cursor', () => {
    if (table.cursor !== null) expect(table.strategy).toBe('merge')
  })

  it('has distinct passes, and more than one only with names', () => {
    const names = table.passes.map(({ name }) => name)
    expect(names).toHaveLength(new Set(names).size)
    expect(names.length === 1 ? names : names.filter((name) => name === '')).toEqual(
      names.length === 1 ? [''] : [],
    )
  })

  it('reads its parent from the catalog too', () => {
    if (table.parent !== null) expect(tableNames()).toContain(table.parent.table)
  })
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

const columnNamed = (table: Table, name: string): Column | undefined =>
  table.columns.find((column) => column.name === name)
