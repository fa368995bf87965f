import { DuckDBInstance } from '@duckdb/node-api'
import { isLosslessNumber, parse } from 'lossless-json'
import { expect } from 'vitest'
import { columnsOf, findTable } from '../../src/klaviyo/catalog/catalog.ts'
import type { Column } from '../../src/model/table.ts'
import type { Sandbox } from '../../src/sandbox/index.ts'

/** What a query runs on that names its files itself. */
export const FILES = ':memory:'

/** A row of a query, every value as text. */
export type TextRow = Record<string, string | null>

/** Rows of a query on a DuckDB file, as objects of text (null stays null). */
export async function query(file: string, sql: string): Promise<TextRow[]> {
  const instance = await DuckDBInstance.create(file, file === FILES ? {} : { access_mode: 'READ_ONLY' })
  const connection = await instance.connect()
  try {
    await connection.run(`set timezone = 'UTC'`)
    const reader = await connection.runAndReadAll(sql)
    return reader
      .getRowObjects()
      .map((row) =>
        Object.fromEntries(
          Object.entries(row).map(([name, value]) => [name, value === null ? null : String(value)]),
        ),
      )
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

/** Rows of a file's table, one number. */
export async function countOf(file: string, table: string, where = 'true'): Promise<number> {
  const [row] = await query(file, `select count(*) as n from ${table} where ${where}`)
  return Number(row?.['n'])
}

/**
 * Holds a loaded table against what the sandbox would show now: every row, every declared column, every digit.
 * Additional fields that the table asks for by default are part of it. `place`: a DuckDB file, or who can be asked.
 */
export async function expectTruth(
  sandbox: Sandbox,
  place: string | ((sql: string) => Promise<TextRow[]>),
  {
    source,
    target,
    account = 1,
    where = 'true',
    flatten = false,
  }: Readonly<{ source: string; target: string; account?: number; where?: string; flatten?: boolean }>,
): Promise<number> {
  const table = findTable(source)
  const columns = columnsOf(table, { flatten })
  const asked = table.query[`additional-fields[${table.type}]`]?.split(',') ?? []
  const expected = new Map<string, Record<string, unknown>>()
  for (const text of sandbox.truth(source, { account, additionalFields: asked })) {
    const resource = parse(text) as { id: string }
    expected.set(resource.id, rowOf(columns, resource))
  }
  const sql = `select * from ${target} where ${where}`
  const actual = typeof place === 'string' ? await query(place, sql) : await place(sql)
  const wrong: unknown[] = []
  for (const row of actual) {
    const wanted = expected.get(row['id'] ?? '')
    if (wanted === undefined) {
      wrong.push({ id: row['id'], unexpected: true })
      continue
    }
    expected.delete(row['id'] ?? '')
    for (const column of columns) {
      const want = wanted[column.name]
      if (want === undefined) continue
      const got = fromDatabase(row[column.name] ?? null, column)
      if (got !== want) wrong.push({ id: row['id'], column: column.name, got, want })
    }
  }
  expect(wrong.slice(0, 5)).toEqual([])
  expect([...expected.keys()].slice(0, 5), 'rows that are missing').toEqual([])
  return actual.length
}

/** What each column should hold; undefined where the resource does not say. */
function rowOf(columns: readonly Column[], resource: unknown): Record<string, unknown> {
  return Object.fromEntries(
    columns.map((column) => [column.name, canonical(valueAt(resource, column.path), column)]),
  )
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  const [member, ...rest] = path
  if (member === undefined) return value
  if (member === '*') return Array.isArray(value) ? value.map((each) => valueAt(each, rest)) : undefined
  if (value === null) return null
  if (typeof value !== 'object') return undefined
  if (!(member in value)) return undefined
  return valueAt((value as Record<string, unknown>)[member], rest)
}

function canonical(value: unknown, { type }: Column): unknown {
  if (value === undefined || value === null) return value
  switch (type) {
    case 'timestamp':
      return typeof value === 'string' ? micros(value) : value
    case 'json':
      return sorted(value)
    case 'integer':
    case 'decimal':
      return isLosslessNumber(value) ? digits(value.toString()) : value
    case 'boolean':
    case 'text':
      return isLosslessNumber(value) ? value.toString() : `${value as string | boolean}`
    default:
      return type satisfies never
  }
}

function fromDatabase(text: string | null, { type }: Column): unknown {
  if (text === null) return null
  if (type === 'timestamp') return micros(text)
  if (type === 'json') return sorted(parse(text))
  return type === 'integer' || type === 'decimal' ? digits(text) : text
}

/** `2026-01-31 12:00:00.123456` in UTC, whatever the spelling. */
function micros(text: string): string {
  const fraction = /\.(\d+)/.exec(text)?.[1] ?? ''
  const zoned = /(Z|[+-]\d{2}(:?\d{2})?)$/.test(text) ? text.replace(/([+-]\d{2})$/, '$1:00') : `${text}Z`
  const second = new Date(Math.floor(Date.parse(zoned.replace(' ', 'T').replace(/\.\d+/, '')) / 1000) * 1000)
  return `${second.toISOString().slice(0, 19)}.${fraction.padEnd(6, '0')}`
}

/** A number's value, whatever the spelling: `1.50` and `1.5` are one, and no digit is dropped. */
function digits(text: string): string {
  if (/^-?\d+$/.test(text)) return text.replace(/^-0$/, '0')
  const value = Number(text)
  const plain = /^-?\d+\.\d+$/.test(text) ? text.replace(/0+$/, '').replace(/\.$/, '') : String(value)
  return Number.isFinite(value) && String(value).length >= plain.length ? String(value) : plain
}

/** JSON text with sorted keys and canonical numbers. */
function sorted(value: unknown): string {
  if (isLosslessNumber(value)) return digits(value.toString())
  if (Array.isArray(value)) return `[${value.map(sorted).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
    return `{${members.map(([name, each]) => `${JSON.stringify(name)}:${sorted(each)}`).join(',')}}`
  }
  return JSON.stringify(value)
}
