import { array, assert, asyncProperty, boolean, integer, nat, record, tuple } from 'fast-check'
import { expect } from 'vitest'
import type { TargetState } from '../../src/destinations/target.ts'
import { cover, uncover } from '../../src/model/coverage.ts'
import type { Coverage } from '../../src/model/coverage.ts'
import type { TableName } from '../../src/model/names.ts'
import type { Window } from '../../src/model/time.ts'
import { never, RUN_STARTED_AT } from './bench.ts'
import type { Bench } from './bench.ts'
import type { Suite } from './suite.ts'

const columns = { id: 'text', at: 'timestamp' } as const
const rows = [{ id: 'a', at: '2026-01-01T00:00:00Z' }]
const window = (from: number, to: number, readAt = 1_000) => ({ from, to, readAt })

type Scope = Readonly<{ account: string; sourceTable: string; target: TableName }>
const stateOf = (bench: Bench, { target, ...scope }: Scope): Promise<TargetState> =>
  bench.state(target, scope)
const coverageOf = async (bench: Bench, scope: Scope): Promise<TargetState['coverage']> =>
  (await stateOf(bench, scope)).coverage
/** What a run does that is about to read a window again. */
async function forget(bench: Bench, { target, ...scope }: Scope, window: Window): Promise<void> {
  const passes = [...(await bench.state(target, scope)).coverage.keys()]
  const run = { startedAt: 0, demand: '', reread: [], forget: passes.map((pass) => ({ pass, window })) }
  await bench.target(target, scope).begin(run, never)
  await bench.target(target, scope).end(never)
}

export const coverage: Suite = (check) => {
  check('is empty before anything was loaded', async ({ bench, target }) => {
    const scope = { account: 'shop', sourceTable: 'events', target }
    expect(await coverageOf(bench, scope)).toEqual(new Map())
    expect((await stateOf(bench, scope)).snapshot).toBeNull()
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
    expect(await coverageOf(bench, scope)).toEqual(
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
      expect((await coverageOf(bench, { ...scope, ...other })).size).toBe(0)
    }
  })

  check('does not survive the table it speaks of', async ({ bench, target }) => {
    const covered = [{ pass: '', window: window(0, 10) }]
    const scope = { account: 'shop', sourceTable: 'events', target }
    await bench.load(target, { columns, rows }, { covered })
    await bench.eyes.drop(target)
    expect((await coverageOf(bench, scope)).size).toBe(0)
    await bench.load(target, { columns, rows }, { covered: [{ pass: '', window: window(50, 60) }] })
    expect(await coverageOf(bench, scope)).toEqual(new Map([['', [window(50, 60)]]]))
  })

  check('is forgotten in a window, or altogether', async ({ bench, target }) => {
    const scope = { account: 'shop', sourceTable: 'events', target }
    await bench.load(target, { columns, rows }, { covered: [{ pass: '', window: window(0, 10) }] })
    await forget(bench, scope, { from: 3, to: 5 })
    expect(await coverageOf(bench, scope)).toEqual(new Map([['', [window(0, 3), window(5, 10)]]]))
    await forget(bench, scope, { from: 0, to: 100 })
    expect((await coverageOf(bench, scope)).size).toBe(0)
    expect(await bench.rows(target, 'id')).toEqual([{ id: 'a' }])
  })

  check('a snapshot says when it was taken', async ({ bench, target }) => {
    await bench.load(target, { columns, rows }, { cursorColumn: null })
    await bench.load(target, { columns, rows }, { cursorColumn: null, readAt: RUN_STARTED_AT + 5 })
    const scope = { account: 'shop', sourceTable: 'events', target }
    expect((await stateOf(bench, scope)).snapshot).toEqual({
      takenAt: RUN_STARTED_AT + 5,
      rows: 1,
    })
  })

  check('refuses the notes of a newer version', async ({ bench, target }) => {
    await bench.load(target, { columns, rows })
    await bench.eyes.age(target, 1)
    const read = coverageOf(bench, { account: 'shop', sourceTable: 'events', target })
    await expect(read).rejects.toThrow(/newer version of sluice/)
    await bench.eyes.age(target, -1)
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
            await forget(bench, scope, window)
            for (const [name, coverage] of model) model.set(name, uncover(coverage, window))
          } else {
            const covered = { ...window, readAt }
            await bench.load(scope.target, { columns, rows: [] }, { covered: [{ pass, window: covered }] })
            model.set(pass, cover(model.get(pass) ?? [], covered))
          }
        }
        const expected = new Map([...model].filter(([, coverage]) => coverage.length > 0))
        expect(await coverageOf(bench, scope)).toEqual(expected)
      }),
      { numRuns: 10 },
    )
  })
}
