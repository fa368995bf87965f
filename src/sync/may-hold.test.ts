import { assert, integer, nat, property } from 'fast-check'
import { expect, test } from 'vitest'
import { mayHold } from './may-hold.ts'

type Page = Parameters<typeof mayHold>[0][number]

const task = { done: false, pass: '', from: 0, keepTo: 1_000, ordered: true, emptyFrom: 0 }
const page = (values: Partial<Page>): Page => ({
  task,
  covered: { from: 0, to: 10 },
  rows: 1,
  first: 0,
  before: null,
  ...values,
})

test('nowhere, where the destination held nothing and no second is on two pages', () => {
  expect(mayHold([])).toEqual([])
  expect(mayHold([page({}), page({ first: 8, before: 7 })])).toEqual([])
})

test('up to the last row that was there before', () => {
  const held = { ...task, emptyFrom: 50 }
  const covers = (from: number): Page => page({ task: held, covered: { from, to: from + 30 }, first: from })
  expect(mayHold([covers(0), covers(30), covers(60)])).toEqual([{ from: 0, to: 50, readAt: 0 }])
})

test('anywhere, where nobody looked, nothing is in order or rows say no time', () => {
  expect(mayHold([page({ task: { ...task, emptyFrom: null } })])).toBeNull()
  expect(mayHold([page({}), page({ task: { ...task, ordered: false } })])).toBeNull()
  expect(mayHold([page({ first: null })])).toBeNull()
  expect(mayHold([page({ first: null, rows: 0 })])).toEqual([])
})

test('where the page before, loaded already, had the same second', () => {
  expect(mayHold([page({ first: 7, before: 9 })])).toEqual([{ from: 7, to: 10, readAt: 0 }])
  expect(mayHold([page({ first: 7, before: 7 })])).toEqual([{ from: 7, to: 8, readAt: 0 }])
})

test('not where that page is in the same batch, unless the second began before it', () => {
  const pages = [page({ first: 5, before: 4 }), page({ first: 7, before: 7 }), page({ first: 7, before: 7 })]
  expect(mayHold(pages)).toEqual([])
  expect(mayHold(pages.slice(1))).toEqual([{ from: 7, to: 8, readAt: 0 }])
  expect(mayHold([page({}), page({ first: 0, before: 0 })])).toEqual([])
  // Another window's page is no neighbour.
  const other = page({ task: { ...task }, first: 7, before: 7 })
  expect(mayHold([page({ first: 5, before: 4 }), other])).toHaveLength(1)
})

test('a row that was loaded with an earlier batch and comes again is never missed', () => {
  assert(
    property(
      nat(5).chain((seed) => integer({ min: 1, max: 6 }).map((size) => ({ seed, size }))),
      integer({ min: 1, max: 12 }),
      nat(4),
      integer({ min: 1, max: 4 }),
      ({ seed, size }, seconds, shift, perBatch) => {
        // Rows in order, several to a second; each page begins `shift` rows before the end of the last one.
        const rows = Array.from({ length: 40 }, (_, i) => Math.floor(((i + seed) * seconds) / 12))
        const pages: { ids: number[]; landed: Page }[] = []
        for (let start = 0; start < rows.length; start += size) {
          const ids = Array.from({ length: size + shift }, (_, i) => start - shift + i).filter(
            (i) => i in rows,
          )
          const last = pages.at(-1)?.ids.at(-1)
          const before = last === undefined ? null : (rows[last] ?? null)
          pages.push({ ids, landed: page({ first: rows[ids[0] ?? 0] ?? null, before }) })
        }
        const loaded = new Set<number>()
        for (let start = 0; start < pages.length; start += perBatch) {
          const batch = pages.slice(start, start + perBatch)
          const within = mayHold(batch.map(({ landed }) => landed)) ?? []
          const again = batch.flatMap(({ ids }) => ids).filter((id) => loaded.has(id))
          for (const id of again) {
            const at = rows[id] ?? NaN
            expect(within.some(({ from, to }) => from <= at && at < to)).toBe(true)
          }
          for (const { ids } of batch) for (const id of ids) loaded.add(id)
        }
      },
    ),
  )
})
