import { expect } from 'vitest'
import type { RollCall, RollCallScope } from '../../src/destinations/target.ts'
import { never, RUN_STARTED_AT } from './bench.ts'
import type { Loading } from './bench.ts'
import { stageOf } from './stage-of.ts'
import type { Ground, Suite } from './suite.ts'

const columns = { id: 'text', at: 'timestamp' } as const
const row = (id: string, day = 1) => ({ id, at: `2026-01-0${day}T00:00:00Z` })
const seconds = (text: string): number => Date.parse(text) / 1000
/** Later than all that the tests load. */
const scope: RollCallScope = { startedAtMs: (RUN_STARTED_AT + 3_600) * 1000, window: null }
const later: RollCallScope = { ...scope, startedAtMs: scope.startedAtMs + 1_000 }

const rollCall = ({ bench, target }: Ground, of = scope, loading: Loading = {}): RollCall =>
  bench.target(target, loading).rollCall(of)

async function present({ bench }: Ground, call: RollCall, ...ids: readonly string[]): Promise<void> {
  const stage = await stageOf(bench.engine, {
    columns: { id: 'text', created: 'timestamp' },
    rows: ids.map((id) => ({ id, created: '2020-01-01T00:00:00Z' })),
  })
  try {
    await call.present(stage, never)
  } finally {
    await bench.engine.drop(stage)
  }
}

/** Marks what is not among the ids. */
async function called(
  ground: Ground,
  ids: readonly string[],
  { of = scope, loading = {} }: Readonly<{ of?: RollCallScope; loading?: Loading }> = {},
): Promise<Readonly<{ marked: number; revived: number }>> {
  const call = rollCall(ground, of, loading)
  await call.begin(never)
  await present(ground, call, ...ids)
  return call.close(never)
}

const marked = async ({ bench, target }: Ground): Promise<readonly unknown[]> =>
  (
    await bench.run(
      `select id from ${bench.database.dialect.table(target)} where _sluice_deleted_at is not null order by id`,
    )
  ).map(({ id }) => id)

export const rollCalls: Suite = (check) => {
  check('mark what did not answer, once, and take the mark back', async (ground) => {
    const { bench, target } = ground
    await bench.load(target, { columns, rows: ['a', 'b', 'c'].map((id) => row(id)) })
    expect(await called(ground, ['a', 'a', 'z'])).toEqual({ marked: 2, revived: 0 })
    expect(await marked(ground)).toEqual(['b', 'c'])
    expect(await called(ground, ['a', 'c'], { of: later })).toEqual({ marked: 0, revived: 1 })
    expect(await bench.rows(target, 'id, _sluice_deleted_at')).toEqual([
      { id: 'a', _sluice_deleted_at: null },
      { id: 'b', _sluice_deleted_at: expect.stringMatching(/^2026-02-01T01:00:00/) },
      { id: 'c', _sluice_deleted_at: null },
    ])
  })

  check('where nobody answers all are gone; where nothing is, nothing is asked', async (ground) => {
    const { bench, target } = ground
    expect(await rollCall(ground).begin(never)).toBe(0)
    await bench.load(target, { columns, rows: [row('a'), row('b')] })
    const call = rollCall(ground)
    expect(await call.begin(never)).toBe(2)
    expect(await call.close(never)).toEqual({ marked: 2, revived: 0 })
  })

  check('tell who is absent, and where in time, in handfuls', async (ground) => {
    const { bench, target } = ground
    await bench.load(target, { columns, rows: ['a', 'b', 'c', 'd', 'e'].map((id, i) => row(id, i + 1)) })
    const call = rollCall(ground)
    await call.begin(never)
    await present(ground, call, 'a', 'd')
    expect(await call.absent(never)).toEqual({
      rows: 3,
      span: { from: seconds('2026-01-02T00:00:00Z'), to: seconds('2026-01-05T00:00:01Z') },
    })
    expect(await call.absentKeys({ after: null, limit: 2 }, never)).toEqual(['b', 'c'])
    await present(ground, call, 'b')
    expect(await call.absentKeys({ after: 'c', limit: 2 }, never)).toEqual(['e'])
    expect(await call.absentKeys({ after: 'e', limit: 2 }, never)).toEqual([])
    expect(await call.close(never)).toEqual({ marked: 2, revived: 0 })
    expect(await marked(ground)).toEqual(['c', 'e'])
  })

  check('judge no row that came after the start', async (ground) => {
    const { bench, target } = ground
    await bench.load(target, { columns, rows: [row('a')] })
    await bench.load(target, { columns, rows: [row('b')], syncedAt: '2026-02-01T01:00:01Z' })
    expect(await called(ground, [])).toEqual({ marked: 1, revived: 0 })
    expect(await marked(ground)).toEqual(['a'])
  })

  check('judge no row outside of the interval, whose edges are half-open', async (ground) => {
    const { bench, target } = ground
    await bench.load(target, { columns, rows: ['a', 'b', 'c'].map((id, i) => row(id, i + 1)) })
    const window = { from: seconds('2026-01-02T00:00:00Z'), to: seconds('2026-01-03T00:00:00Z') }
    const call = rollCall(ground, { ...scope, window })
    expect(await call.begin(never)).toBe(1)
    expect(await call.close(never)).toEqual({ marked: 1, revived: 0 })
    expect(await marked(ground)).toEqual(['b'])
  })

  check('leave the rows of other accounts alone', async (ground) => {
    const { bench, target } = ground
    await bench.load(target, { columns, rows: [row('a'), row('b')] })
    await bench.load(target, { columns, rows: [row('a'), row('c')], account: 'other' })
    expect(await called(ground, ['b'])).toEqual({ marked: 1, revived: 0 })
    expect(await called(ground, ['a'], { loading: { account: 'other' } })).toEqual({ marked: 1, revived: 0 })
    expect(
      await bench.rows(target, 'id, _sluice_account as account', '_sluice_deleted_at is null, id, account'),
    ).toEqual([
      { id: 'a', account: 'shop' },
      { id: 'c', account: 'other' },
      { id: 'a', account: 'other' },
      { id: 'b', account: 'shop' },
    ])
  })

  check('mark every version of a key', async (ground) => {
    const { bench, target } = ground
    const append = { strategy: 'append' } as const
    await bench.load(target, { columns, rows: [row('a', 1), row('b', 1)] }, append)
    await bench.load(target, { columns, rows: [row('a', 2)] }, append)
    expect(await called(ground, ['b'], { loading: append })).toEqual({ marked: 2, revived: 0 })
    expect(await called(ground, ['a', 'b'], { loading: append, of: later })).toEqual({
      marked: 0,
      revived: 2,
    })
  })

  check('change nothing before they are closed, and nothing when they are not', async (ground) => {
    const { bench, target } = ground
    await bench.load(target, { columns, rows: [row('a'), row('b')] }, { covered })
    const before = await bench.state(target)
    const call = rollCall(ground)
    await call.begin(never)
    await present(ground, call, 'a')
    // As a process that was killed leaves it: the next one begins anew.
    expect(await marked(ground)).toEqual([])
    expect(await called(ground, ['b'], { of: later })).toEqual({ marked: 1, revived: 0 })
    expect(await marked(ground)).toEqual(['a'])
    expect(await bench.state(target)).toEqual(before)
  })

  check('leave nothing beside the table, whichever way they end', async (ground) => {
    const { bench, target } = ground
    const tables = async (): Promise<readonly unknown[]> =>
      bench.run(
        `select table_name from information_schema.tables where table_schema = '${target.schema ?? ''}' and table_name like '%roll%'`,
      )
    await bench.load(target, { columns, rows: [row('a')] })
    await called(ground, ['a'])
    expect(await tables()).toEqual([])
    const call = rollCall(ground)
    await call.begin(never)
    expect(await tables()).toHaveLength(1)
    await call.discard(never)
    expect(await tables()).toEqual([])
  })

  check('of two at once the first marks nothing, and says why', async (ground) => {
    const { bench, target } = ground
    await bench.load(target, { columns, rows: [row('a'), row('b')] })
    const first = rollCall(ground)
    await first.begin(never)
    await present(ground, first, 'a', 'b')
    const second = rollCall(ground, later)
    await second.begin(never)
    // As many keys as the first one had, and other ones.
    await present(ground, second, 'a', 'c')
    await expect(first.close(never)).rejects.toThrow(/Another run looks for the rows .* marked nothing/)
    expect(await marked(ground)).toEqual([])
    expect(await second.close(never)).toEqual({ marked: 1, revived: 0 })
    await expect(present(ground, first, 'a')).rejects.toThrow(/Another run/)
  })

  check('leave a mark that an ordinary load takes back when the row comes again', async (ground) => {
    const { bench, target } = ground
    await bench.load(target, { columns, rows: [row('a'), row('b')] })
    await called(ground, [])
    expect(await marked(ground)).toEqual(['a', 'b'])
    expect(await bench.load(target, { columns, rows: [row('a')] })).toMatchObject({ inserted: 0, changed: 1 })
    expect(await marked(ground)).toEqual(['b'])
  })

  check('add the mark’s column to a table from before it', async (ground) => {
    const { bench, target } = ground
    await bench.load(target, { columns, rows: [row('a'), row('b')] })
    await bench.run(
      `alter table ${bench.database.dialect.table(target)} drop column ${bench.database.dialect.quote('_sluice_deleted_at')}`,
    )
    expect(await called(ground, ['a'])).toEqual({ marked: 1, revived: 0 })
    expect(await marked(ground)).toEqual(['b'])
  })
}

const covered = [{ pass: '', window: { from: 0, to: 10, readAt: 20 } }]
