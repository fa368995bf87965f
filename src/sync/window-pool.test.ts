import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { WindowPool } from './window-pool.ts'
import type { Task } from './window-pool.ts'

const PAGE = 5

/** Reads a pool over rows at given seconds with several workers in an order that chance decides. */
function readAll(
  rows: readonly number[],
  { end, workers, order }: Readonly<{ end: number; workers: number; order: () => number }>,
): Readonly<{ seen: Map<number, number>; covered: { from: number; to: number }[]; pages: number }> {
  const pool = new WindowPool([{ pass: '', from: 0, to: end, keepTo: null, ordered: true }], PAGE)
  const seen = new Map<number, number>()
  const covered: { from: number; to: number }[] = []
  type Worker = { task: Task; queryTo: number | null; index: number }
  const active: Worker[] = []
  let pages = 0
  for (;;) {
    while (active.length < workers) {
      const task = pool.take()
      if (task === null) break
      active.push({ task, queryTo: task.keepTo, index: 0 })
    }
    if (active.length === 0) return { seen, covered, pages }
    const worker = active[order() % active.length]
    if (worker === undefined) continue
    const { task, queryTo } = worker
    const matching = rows.filter((at) => at >= task.from && (queryTo === null || at < queryTo))
    const page = matching.slice(worker.index, worker.index + PAGE)
    worker.index += PAGE
    pages += 1
    const last = worker.index >= matching.length
    const upTo = page.at(-1) ?? null
    pool.advance(task, { rows: page.length, first: page[0] ?? null, upTo })
    for (const at of page) if (task.keepTo === null || at < task.keepTo) seen.set(at, (seen.get(at) ?? 0) + 1)
    if (last || (task.keepTo !== null && upTo !== null && upTo >= task.keepTo)) {
      covered.push({ from: task.from, to: task.to })
      pool.finish(task)
      active.splice(active.indexOf(worker), 1)
    }
  }
}

describe('the window pool', () => {
  test('reads every row once and covers everything, however windows are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 2_000 }), { maxLength: 300 }),
        fc.integer({ min: 1, max: 9 }),
        fc.infiniteStream(fc.nat(100)),
        (unsorted, workers, chance) => {
          const rows = [...unsorted].sort((a, b) => a - b)
          const end = 1_500
          const order = (): number => chance.next().value as number
          const { seen, covered } = readAll(rows, { end, workers, order })
          const times = new Map<number, number>()
          for (const at of rows) times.set(at, (times.get(at) ?? 0) + 1)
          for (const [at, count] of times) expect([at, seen.get(at) ?? 0]).toEqual([at, count])
          const sorted = [...covered].sort((a, b) => a.from - b.from)
          expect(sorted[0]?.from).toBe(0)
          expect(sorted.at(-1)?.to).toBe(end)
          for (const [index, piece] of sorted.entries())
            if (index > 0) expect(piece.from).toBe(sorted[index - 1]?.to)
        },
      ),
      { numRuns: 200 },
    )
  })

  test('finds the crowded days: ninety percent of the rows in a thousandth of the time', () => {
    const crowded = Array.from({ length: 9_000 }, (_, index) => 700_000 + Math.floor((index * 1_000) / 9_000))
    const thin = Array.from({ length: 1_000 }, (_, index) => index * 1_000)
    const rows = [...crowded, ...thin].sort((a, b) => a - b)
    let turn = 0
    const { pages } = readAll(rows, { end: 1_000_000, workers: 16, order: () => turn++ })
    // 2,000 full pages are the least; every split costs one page that may be short.
    expect(pages).toBeLessThan(2_400)
  })

  test('does not cut a window whose order is not kept', () => {
    const pool = new WindowPool([{ pass: '', from: 0, to: 1_000, keepTo: null, ordered: false }], PAGE)
    const task = pool.take()
    if (task === null) throw new Error('nothing to take')
    pool.advance(task, { rows: PAGE, first: 0, upTo: 10 })
    expect(pool.take()).toBeNull()
  })

  test('stops trusting an order that turns out to be broken', () => {
    const pool = new WindowPool([{ pass: '', from: 0, to: 1_000, keepTo: null, ordered: true }], PAGE)
    const task = pool.take()
    if (task === null) throw new Error('nothing to take')
    pool.advance(task, { rows: PAGE, first: 0, upTo: 100 })
    pool.advance(task, { rows: PAGE, first: 100, upTo: 50 })
    expect(task.ordered).toBe(false)
    expect(pool.take()).toBeNull()
  })
})

test('an import of many rows in one second does not make the rest look endless', () => {
  const pool = new WindowPool([{ pass: '', from: 0, to: 1_000_000, keepTo: null, ordered: true }], 100)
  const task = pool.take()
  if (task === null) throw new Error('nothing to read')
  expect(pool.estimate()).toBeNull()
  pool.advance(task, { rows: 100, first: 0, upTo: 100_000 })
  expect(pool.estimate()).toBe(900)
  for (let page = 0; page < 5; page++) pool.advance(task, { rows: 100, first: 100_000, upTo: 100_000 })
  const left = pool.estimate() ?? 0
  expect(left).toBeGreaterThan(900)
  expect(left).toBeLessThan(25_000)
})
