import { expect, it } from 'vitest'
import type { SqlRow } from '../sql/database.ts'
import { shapeOf } from './describe.ts'

const row = (name: string, type: string, more: SqlRow = {}): SqlRow => ({
  name,
  type,
  collation: null,
  kind: 'BASE TABLE',
  indexes: 'PRIMARY\u0000t__sluice_key',
  checks: null,
  ...more,
})
const table = { schema: null, name: 't' }
const mysql = { flavor: 'mysql', collation: 'utf8mb4_0900_bin', caseSensitive: true } as const

it('has no widths of integers, no hidden column, and knows JSON by its check', () => {
  const checks = '(json_valid(`odd ``name`))\u0000(`n` > 1)'
  const rows = [
    row('_sluice_row', 'bigint unsigned', { checks }),
    row('n', 'bigint(20)', { checks }),
    row('ok', 'tinyint(1)', { checks }),
    row('odd `name', 'longtext', { checks, collation: 'utf8mb4_0900_bin' }),
    row('note', 'longtext', { checks, collation: 'utf8mb4_0900_ai_ci' }),
    row('own', 'json', { checks }),
  ]
  expect(shapeOf(rows, table, mysql)).toEqual({
    columns: [
      { name: 'n', type: 'bigint' },
      { name: 'ok', type: 'tinyint(1)' },
      { name: 'odd `name', type: 'json' },
      { name: 'note', type: 'longtext collate utf8mb4_0900_ai_ci' },
      { name: 'own', type: 'json (native)' },
    ],
    indexes: ['PRIMARY', 't__sluice_key'],
  })
})

it('is nothing where there is no table, and no table where there is a view', () => {
  expect(shapeOf([], table, mysql)).toBeNull()
  expect(() => shapeOf([row('n', 'int', { kind: 'VIEW' })], table, mysql)).toThrow(/"t" is a view/)
})
