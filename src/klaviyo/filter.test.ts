import { assert, constantFrom, integer, property } from 'fast-check'
import { expect, test } from 'vitest'
import type { Filter } from '../model/filter.ts'
import type { Cursor } from '../model/table.ts'
import { filterText, windowFilters } from './filter.ts'

const cursor: Cursor = {
  field: 'datetime',
  lower: 'greater-or-equal',
  upper: 'less-than',
  resolutionSeconds: 1,
  lookbackSeconds: 0,
  ordered: true,
  fixed: true,
}
const from = Date.UTC(2026, 0, 1) / 1_000

test('every kind of value has its spelling', () => {
  const filters: readonly Filter[] = [
    { operator: 'equals', field: 'messages.channel', value: { kind: 'text', text: 'e"mail\\ü' } },
    { operator: 'any', field: 'id', value: { kind: 'texts', texts: ['a', 'b"c'] } },
    { operator: 'equals', field: 'archived', value: { kind: 'boolean', boolean: true } },
    { operator: 'less-than', field: 'updated', value: { kind: 'instant', at: from } },
  ]
  expect(filterText(filters)).toBe(
    'equals(messages.channel,"e\\"mail\\\\ü"),any(id,["a","b\\"c"]),equals(archived,true),less-than(updated,2026-01-01T00:00:00Z)',
  )
  expect(filterText([])).toBe('')
})

test('bounds are what the endpoint offers', () => {
  const window = { from, to: from + 3_600 }
  expect(filterText(windowFilters(cursor, window))).toBe(
    'greater-or-equal(datetime,2026-01-01T00:00:00Z),less-than(datetime,2026-01-01T01:00:00Z)',
  )
  expect(filterText(windowFilters({ ...cursor, lower: 'greater-than' }, window))).toBe(
    'greater-than(datetime,2025-12-31T23:59:59Z),less-than(datetime,2026-01-01T01:00:00Z)',
  )
  expect(filterText(windowFilters({ ...cursor, upper: null }, window))).toBe(
    'greater-or-equal(datetime,2026-01-01T00:00:00Z)',
  )
  expect(windowFilters(cursor, { from, to: null })).toHaveLength(1)
})

test('a window without time in it is our mistake, never a request', () => {
  expect(() => windowFilters(cursor, { from, to: from })).toThrow(/no time/)
})

test('neighbouring windows lose no row, whatever the operators', () => {
  const matches = (filters: readonly Filter[], at: number): boolean =>
    filters.every(({ operator, value }) => {
      if (value.kind !== 'instant') return false
      if (operator === 'greater-than') return at > value.at
      return operator === 'less-than' ? at < value.at : at >= value.at
    })
  assert(
    property(
      constantFrom('greater-or-equal' as const, 'greater-than' as const),
      integer({ min: 1, max: 50 }),
      integer({ min: 51, max: 99 }),
      (lower, first, second) => {
        const edges = [0, first, second, 100]
        const windows = edges
          .slice(1)
          .map((to, index) => windowFilters({ ...cursor, lower }, { from: edges[index] ?? 0, to }))
        for (let at = 0; at < 100; at += 1) expect(windows.some((filters) => matches(filters, at))).toBe(true)
      },
    ),
  )
})
