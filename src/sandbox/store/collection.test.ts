import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { comparePlaces } from '../cursor.ts'
import { Collection } from './collection.ts'

const row = (id: string, n: number) => ({ type: 't', id, attributes: { n }, relationships: {} })

test('scans from any place, in either direction, agree with a plain sort', () => {
  const rows = fc.uniqueArray(
    fc.record({ id: fc.string({ minLength: 1, maxLength: 3 }), n: fc.integer({ min: 0, max: 5 }) }),
    {
      selector: ({ id }) => id,
    },
  )
  const place = fc.option(fc.record({ key: fc.integer({ min: 0, max: 5 }), id: fc.string({ maxLength: 2 }) }))
  const bound = fc.option(fc.integer({ min: 0, max: 5 }))
  fc.assert(
    fc.property(rows, place, bound, bound, fc.boolean(), (given, after, low, high, descending) => {
      const collection = new Collection(
        null,
        given.map(({ id, n }) => row(id, n)),
      )
      const slots = [...collection.scan({ field: 'n', descending, after, low, high, nowMs: 0 })]
      const sign = descending ? -1 : 1
      const expected = given
        .map(({ id, n }) => ({ key: n, id }))
        .filter(({ key }) => (low === null || key >= low) && (high === null || key <= high))
        .filter((each) => after === null || comparePlaces(each, after) * sign > 0)
        .sort((a, b) => comparePlaces(a, b) * sign)
        .map(({ id }) => id)
      expect(slots.map((slot) => collection.row(slot).id)).toEqual(expected)
    }),
  )
})

test('changes lie over the base, which stays as it is', () => {
  const ids = ['a', 'b', 'c']
  const base = {
    count: 3,
    find: (id: string) => ids.indexOf(id),
    id: (i: number) => ids[i] ?? '',
    row: () => {
      throw new Error('not asked for')
    },
    key: (i: number) => i * 10,
    ascending: () => null,
    visibleAtMs: (i: number) => i * 1000,
  }
  const collection = new Collection(base)
  collection.put(row('b', 25))
  collection.put(row('d', 5), 1500)
  const scan = (nowMs: number, descending = false): readonly (number | string)[] =>
    [...collection.scan({ field: 'n', descending, after: null, low: null, high: null, nowMs })].map((slot) =>
      typeof slot === 'number' ? slot : slot.id,
    )
  expect(scan(5_000)).toEqual([0, 'd', 2, 'b'])
  expect(scan(5_000, true)).toEqual(['b', 2, 'd', 0])
  expect(scan(1_000)).toEqual([0, 'b'])
  expect(collection.delete('c')).toBe(true)
  expect(collection.delete('c')).toBe(false)
  expect(scan(5_000)).toEqual([0, 'd', 'b'])
  expect(collection.size).toBe(3)
})
