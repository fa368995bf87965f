import { array, assert, asyncProperty, boolean, integer, nat, record, tuple } from 'fast-check'
import { expect } from 'vitest'
import { forget, readCoverage, readSnapshot } from '../../src/destinations/coverage-store.ts'
import { cover, uncover } from '../../src/model/coverage.ts'
import type { Coverage } from '../../src/model/coverage.ts'
import { never, RUN_STARTED_AT_MS } from './bench.ts'
import type { Suite } from './suite.ts'

const columns = { id: 'text', at: 'timestamp' } as const
const rows = [{ id: 'a', at: '2026-01-01T00:00:00Z' }]
const window = (from: number, to: number, readAt = 1_000) => ({ from, to, readAt })

export const coverage: Suite = (check) => {
  check('is empty before anything was loaded', async ({ bench, target }) => {
    const scope = { account: 'shop', sourceTable: 'events', target }
    expect(await readCoverage(bench.destination, scope)).toEqual(new Map())
    expect(await readSnapshot(bench.destination, scope)).toBeNull()
  })

  check('comes back per pass, and joins what touches', async ({ bench, target }) => {
    const covered = [
      { pass: 'email', window: window(0, 10) },
      { pass: 'sms', window: window(5, 6) },
      { pass: 'email', window: window(20, 30) },
    ]
    await bench.load(target, { columns, rows }, { covered })
    await bench.load(
      target,
      { columns, rows: [] },
      { covered: [{ pass: 'email', window: window(10, 20, 2_000) }] },
    )
    const scope = { account: 'shop', sourceTable: 'events', target }
    expect(await readCoverage(bench.destination, scope)).toEqual(
      new Map([
        ['email', [window(0, 30)]],
        ['sms', [window(5, 6)]],
      ]),
    )
  })

  check('belongs to one account, one source table and one target', async ({ bench, target }) => {
    const covered = [{ pass: '', window: window(0, 10) }]
    await bench.load(target, { columns, rows }, { covered })
    const scope = { account: 'shop', sourceTable: 'events', target }
    for (const other of [
      { account: 'other' },
      { sourceTable: 'profiles' },
      { target: { ...target, name: 'other' } },
    ]) {
      expect((await readCoverage(bench.destination, { ...scope, ...other })).size).toBe(0)
    }
  })

  check('does not survive the table it speaks of', async ({ bench, target }) => {
    const covered = [{ pass: '', window: window(0, 10) }]
    const scope = { account: 'shop', sourceTable: 'events', target }
    await bench.load(target, { columns, rows }, { covered })
    await bench.run(`drop table ${bench.destination.dialect.table(target)}`)
    expect((await readCoverage(bench.destination, scope)).size).toBe(0)
    await bench.load(target, { columns, rows }, { covered: [{ pass: '', window: window(50, 60) }] })
    expect(await readCoverage(bench.destination, scope)).toEqual(new Map([['', [window(50, 60)]]]))
  })

  check('is forgotten in a window, or altogether', async ({ bench, target }) => {
    const scope = { account: 'shop', sourceTable: 'events', target }
    await bench.load(target, { columns, rows }, { covered: [{ pass: '', window: window(0, 10) }] })
    await forget(bench.destination, scope, { from: 3, to: 5 }, never)
    expect(await readCoverage(bench.destination, scope)).toEqual(
      new Map([['', [window(0, 3), window(5, 10)]]]),
    )
    await forget(bench.destination, scope, null, never)
    expect((await readCoverage(bench.destination, scope)).size).toBe(0)
    expect(await bench.rows(target, 'id')).toEqual([{ id: 'a' }])
  })

  check('a snapshot says when it was taken', async ({ bench, target }) => {
    await bench.load(target, { columns, rows }, { cursorColumn: null })
    await bench.load(
      target,
      { columns, rows },
      { cursorColumn: null, runStartedAtMs: RUN_STARTED_AT_MS + 5_000 },
    )
    const scope = { account: 'shop', sourceTable: 'events', target }
    expect(await readSnapshot(bench.destination, scope)).toEqual({
      takenAt: RUN_STARTED_AT_MS / 1000 + 5,
      rows: 1,
    })
  })

  check('refuses the notes of a newer version', async ({ bench, target }) => {
    const { dialect } = bench.destination
    await bench.load(target, { columns, rows })
    const meta = dialect.table({ schema: '_sluice', name: 'meta' })
    await bench.run(`update ${meta} set store_version = store_version + 1`)
    const read = readCoverage(bench.destination, { account: 'shop', sourceTable: 'events', target })
    await expect(read).rejects.toThrow(/newer version of sluice/)
    await bench.run(`update ${meta} set store_version = store_version - 1`)
  })

  check('agrees with the algebra, whatever the order of loads', async ({ bench, target }) => {
    const step = record({
      window: tuple(nat(50), integer({ min: 1, max: 20 })).map(([from, length]) => ({
        from,
        to: from + length,
      })),
      readAt: integer({ min: 100, max: 200 }),
      forgets: boolean(),
      pass: nat(1).map(String),
    })
    let tables = 0
    await assert(
      asyncProperty(array(step, { minLength: 1, maxLength: 5 }), async (steps) => {
        tables += 1
        const scope = { account: 'shop', sourceTable: 'events', target: { ...target, name: `p${tables}` } }
        const model = new Map<string, Coverage>()
        await bench.load(scope.target, { columns, rows: [] })
        for (const { window, readAt, forgets, pass } of steps) {
          if (forgets) {
            await forget(bench.destination, scope, window, never)
            for (const [name, coverage] of model) model.set(name, uncover(coverage, window))
          } else {
            const covered = { ...window, readAt }
            await bench.load(scope.target, { columns, rows: [] }, { covered: [{ pass, window: covered }] })
            model.set(pass, cover(model.get(pass) ?? [], covered))
          }
        }
        const expected = new Map([...model].filter(([, coverage]) => coverage.length > 0))
        expect(await readCoverage(bench.destination, scope)).toEqual(expected)
      }),
      { numRuns: 10 },
    )
  })
}
