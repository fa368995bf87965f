import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { findTable, tables } from './catalog/catalog.ts'
import { idTables } from './id-tables.ts'

const withCursor = tables().filter(({ cursor }) => cursor !== null)

/** By which time rows are asked for, and whether they can be asked for by name. */
const expected: Readonly<Record<string, readonly [field: string, fixed: boolean, named: boolean]>> = {
  campaigns: ['created_at', true, true],
  events: ['datetime', true, false],
  flows: ['created', true, true],
  forms: ['created_at', true, true],
  images: ['updated_at', false, true],
  lists: ['created', true, true],
  profiles: ['created', true, true],
  segments: ['created', true, true],
  'template-universal-content': ['created', true, true],
  templates: ['created', true, true],
  'web-feeds': ['created', true, false],
}

test('every table with a cursor is read by a time that its rows keep, where its endpoint offers one', () => {
  const found = withCursor.map((table) => {
    const { all, named } = idTables(table)
    return [table.name, [all.cursor?.field, all.cursor?.fixed, named !== null]]
  })
  expect(Object.fromEntries(found)).toEqual(expected)
})

test.each(withCursor)('$name: one attribute, nothing included, every pass', (table) => {
  const { all, named } = idTables(table)
  expect(all.columns).toHaveLength(2)
  expect(Object.keys(all.query).toSorted()).toEqual([`fields[${table.type}]`, 'sort'].toSorted())
  expect(all.passes).toBe(table.passes)
  expect(table.sorts).toContain(all.query['sort'])
  if (named !== null) expect(named.parent).toMatchObject({ table: table.name, field: 'id' })
})

test('an end that the endpoint does not offer is not asked for', () => {
  expect(idTables(findTable('lists')).all.cursor).toMatchObject({ lower: 'greater-than', upper: null })
  expect(idTables(findTable('profiles')).all.cursor).toMatchObject({
    lower: 'greater-than',
    upper: 'less-than',
  })
})

test('a table that is read whole has no ids to be read alone', () => {
  expect(() => idTables(findTable('tags'))).toThrow(/has no cursor/)
})

const specFile = process.env['SLUICE_SPEC'] ?? '../shared/klaviyo-openapi/stable.json'
type Parameter = Readonly<{ name: string; schema: { items?: { enum?: readonly string[] } } }>
type Spec = Readonly<{ paths: Readonly<Record<string, { get?: { parameters: readonly Parameter[] } }>> }>

if (existsSync(specFile)) {
  const spec = JSON.parse(readFileSync(specFile, 'utf8')) as Spec
  test.each(withCursor)('$name: the sparse field is one that the endpoint offers', (table) => {
    const [name, field] = Object.entries(idTables(table).all.query).find(([key]) => key !== 'sort') ?? []
    const parameters = spec.paths[table.path]?.get?.parameters ?? []
    expect(parameters.find((each) => each.name === name)?.schema.items?.enum).toContain(field)
  })
} else {
  test.skip(`no OpenAPI file at "${specFile}", so fields are not compared; name one in SLUICE_SPEC`, () => {})
}
