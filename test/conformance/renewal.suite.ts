import { expect } from 'vitest'
import { never } from './bench.ts'
import type { Suite } from './suite.ts'

const columns = { id: 'text', at: 'timestamp' } as const
const day = (n: number): string => `2026-01-${String(n).padStart(2, '0')}T00:00:00Z`
const at = (n: number): number => Date.parse(day(n)) / 1000
const row = (id: string, n: number | null) => ({ id, at: n === null ? null : day(n) })

export const renewal: Suite = (check) => {
  check('rows inside an interval and outside it are counted, of one account', async ({ bench, target }) => {
    await bench.load(target, { columns, rows: [row('a', 1), row('b', 2), row('c', 3), row('d', null)] })
    await bench.load(target, { columns, rows: [row('a', 1)], account: 'other' }, { account: 'other' })
    const count = (from: number | null, to: number | null) => bench.target(target).count({ from, to })
    expect(await count(at(2), null)).toEqual({ inside: 2, outside: 2 })
    expect(await count(null, at(2))).toEqual({ inside: 1, outside: 3 })
    expect(await count(at(2), at(3))).toEqual({ inside: 1, outside: 3 })
    expect(await count(null, null)).toEqual({ inside: 3, outside: 1 })
    expect(await bench.target({ ...target, name: 'nowhere' }).count({ from: 0, to: null })).toEqual({
      inside: 0,
      outside: 0,
    })
  })

  for (const others of [false, true])
    check(
      `read anew${others ? ', others in the table' : ''}: what is new, replaced and removed is counted`,
      async ({ bench, target }) => {
        const refresh = { refresh: true }
        expect(await bench.load(target, { columns, rows: [row('a', 1)] }, refresh)).toMatchObject({
          inserted: 1,
        })
        expect(await bench.complete(target, refresh)).toMatchObject({ inserted: 1, replaced: 0, removed: 0 })
        await bench.load(target, { columns, rows: [row('b', 1), row('c', 1)] })
        if (others)
          await bench.load(
            target,
            { columns, rows: [row('c', 1), row('z', 1)], account: 'other' },
            { account: 'other' },
          )
        await bench.load(target, { columns, rows: [row('c', 2), row('d', 2)] }, refresh)
        expect(await bench.complete(target, refresh)).toMatchObject({
          inserted: 1,
          replaced: 1,
          removed: 2,
          changed: 0,
          unchanged: 0,
        })
        await bench.load(target, { columns, rows: [] }, refresh)
        expect(await bench.complete(target, refresh)).toMatchObject({ inserted: 0, replaced: 0, removed: 2 })
        expect(await bench.rows(target, 'id')).toHaveLength(others ? 2 : 0)
      },
    )

  check('a snapshot read anew counts the same', async ({ bench, target }) => {
    const snapshot = { cursorColumn: null, refresh: true } as const
    await bench.load(target, { columns, rows: [row('a', 1), row('b', 1)] }, snapshot)
    expect(await bench.load(target, { columns, rows: [row('b', 1), row('c', 1)] }, snapshot)).toMatchObject({
      inserted: 1,
      replaced: 1,
      removed: 1,
      deleted: 0,
    })
  })

  check(
    'a table that one account reads anew after it was dropped holds nothing of others',
    async ({ bench, target }) => {
      const covered = [{ pass: '', window: { from: 0, to: 10, readAt: 1_000 } }]
      await bench.load(
        target,
        { columns, rows: [row('a', 1)], account: 'other' },
        { account: 'other', covered },
      )
      await bench.eyes.drop(target)
      await bench.load(target, { columns, rows: [row('a', 1)] }, { refresh: true, covered })
      await bench.target(target, { refresh: true }).aside().complete(1, never)
      expect((await bench.state(target, { account: 'other' })).coverage.size).toBe(0)
      expect((await bench.state(target)).coverage.size).toBe(1)
    },
  )
}
