import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Column } from '../model/table.ts'
import type { Value } from './engine.ts'
import { projection } from './projection.ts'
import { attribute, EngineBench, id } from './testing.ts'

let bench: EngineBench
beforeAll(async () => {
  bench = await EngineBench.open()
})
afterAll(() => bench[Symbol.asyncDispose]())

describe('projection', () => {
  test('names what it reads, and only that, in the shape', () => {
    const columns: readonly Column[] = [
      id,
      attribute('at', 'timestamp'),
      { name: 'profile_id', path: ['relationships', 'profile', 'data', 'id'], type: 'text' },
      { name: 'self', path: ['links', 'self'], type: 'text' },
    ]
    const sql = projection({ columns, files: ["/a/it's.json"], tags: [''], mended: false })
    expect(sql).toContain(
      `'{"data":[{"id":"VARCHAR","attributes":"MAP(VARCHAR, JSON)","relationships":"MAP(VARCHAR, STRUCT(\\"data\\" JSON))","links":"JSON"}]}'`,
    )
    expect(sql).toContain(`read_text(['/a/it''s.json'])`)
    expect(sql).toContain(`(r.relationships['profile']."data" ->> '/id')`)
    expect(sql).toContain(`e.key not in ('at')`)
    expect(sql).toContain(`e.key not in ('profile')`)
  })
})

test('any JSON comes out as it went in, as declared column or found one', async () => {
  const values = fc.array(fc.jsonValue({ maxDepth: 3 }), {
    minLength: 1,
    maxLength: 20,
  })
  await fc.assert(
    fc.asyncProperty(values, async (given) => {
      const wellFormed = given.map((value) => JSON.stringify(value))
      const data = wellFormed.map(
        (json, i) => `{"id":"${String(i).padStart(3, '0')}","attributes":{"a":${json},"b":{"in":${json}}}}`,
      )
      const stage = await bench.stage([`{"data":[${data.join(',')}]}`], [id, attribute('a', 'json')])
      const rows = await bench.rows(stage)
      await bench.engine.drop(stage)
      const parsed = (cell: Value | undefined): unknown =>
        typeof cell === 'string' ? JSON.parse(cell) : cell
      expect(rows.map((row) => parsed(row['a']))).toEqual(wellFormed.map((json) => JSON.parse(json)))
      expect(rows.map((row) => parsed(row['b']))).toEqual(
        wellFormed.map((json) => ({ in: JSON.parse(json) })),
      )
    }),
    { numRuns: 40 },
  )
})
