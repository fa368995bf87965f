import { expect } from 'vitest'
import type { Database, Transaction } from '../../src/destinations/sql/database.ts'
import { shadowOf } from '../../src/destinations/sql/shadow.ts'
import { SqlPlace } from '../../src/destinations/sql/sql-place.ts'
import type { RowSet, Target } from '../../src/destinations/target.ts'
import type { TableName } from '../../src/model/names.ts'
import { never, RUN_STARTED_AT } from './bench.ts'
import type { Bench } from './bench.ts'
import { stageOf } from './stage-of.ts'
import type { StageRows } from './stage-of.ts'
import type { Ground, Suite } from './suite.ts'

const columns = { id: 'text', at: 'timestamp', n: 'integer' } as const
const row = (id: string, n: number) => ({ id, at: '2026-01-01T00:00:00Z', n })
const covered = (from: number, to: number) => [{ pass: '', window: { from, to, readAt: 1_000 } }]
const old = { columns, rows: [row('gone', 1), row('stays', 1), row('turns', 1)] }
const more = { ...columns, extra: 'text' } as const
const fresh = {
  columns: more,
  rows: [row('stays', 1), { ...row('turns', 2), extra: 'x' }, row('new', 1)],
}

/** Rows that come with others, in a table of their own. */
const setOf = ({ schema, name }: TableName): RowSet => ({
  sourceTable: 'parts',
  table: { schema, name: `${name} parts` },
  key: ['id'],
  owner: 'whole',
})

class Interrupted extends Error {}

const isInterrupted = (error: unknown): boolean =>
  error instanceof Interrupted || (error instanceof Error && isInterrupted(error.cause))

/** The same database, whose connection goes away at the nth thing that is asked of it inside transactions. */
function interruptedAt(nth: number, database: Database): Database {
  let asked = 0
  const count = <A extends readonly unknown[], R>(call: (...words: A) => Promise<R>) => {
    return (...words: A): Promise<R> =>
      (asked += 1) === nth ? Promise.reject(new Interrupted()) : call(...words)
  }
  const transaction: Database['transaction'] = (work, signal) =>
    database.transaction((tx) => {
      const insertStage = tx.insertStage?.bind(tx)
      const counted: Partial<Transaction> = {
        run: count((statement) => tx.run(statement)),
        staged: count((stage, key) => tx.staged(stage, key)),
        ...(insertStage === undefined ? {} : { insertStage: count(insertStage) }),
      }
      return work(Object.assign(Object.create(tx) as Transaction, counted))
    }, signal)
  return Object.assign(Object.create(database) as Database, {
    transaction,
    describe: database.describe.bind(database),
    query: database.query.bind(database),
  })
}

/** What a reader and the next run see. */
async function seen({ bench, target }: Ground): Promise<unknown> {
  const { coverage, unfinished } = await bench.state(target)
  const rowsOf = async (table: TableName) =>
    (await bench.database.describe(table)) === null ? [] : await bench.rows(table, 'id, n')
  const [rows, parts] = [await rowsOf(target), await rowsOf(setOf(target).table)]
  return { coverage: [...coverage], unfinished, rows, parts }
}

/** Does it again and again, interrupted one step later each time, until it is done; `check` looks after each time. */
async function atEveryStep(
  { bench, target }: Ground,
  work: (target: Target) => Promise<unknown>,
  check: () => Promise<void>,
): Promise<number> {
  for (let nth = 1; ; nth += 1) {
    const place = new SqlPlace(interruptedAt(nth, bench.database))
    const request = {
      account: 'shop',
      identity: null,
      madeOf: { flatten: false },
      telltale: { nested: [], flat: [] },
      sourceTable: 'events',
      table: target,
      strategy: 'merge',
      key: ['id'],
      cursor: { column: 'at', fixed: false, lookbackSeconds: 0 },
      anew: true,
      passes: [''],
      sets: [setOf(target)],
    } as const
    const failed: unknown = await work(place.target(request)).then(
      () => null,
      (error: unknown) => error,
    )
    await check()
    if (failed === null) return nth - 1
    if (!isInterrupted(failed)) throw failed
  }
}

const batchOf = async (bench: Bench, rows: StageRows, [from, to]: readonly [number, number]) => ({
  stage: await stageOf(bench.engine, rows),
  also: [],
  covered: covered(from, to),
  mayHold: null,
  reread: [],
  readAt: RUN_STARTED_AT,
})

export const interruption: Suite = (check) => {
  check('a first load that is interrupted at any step has loaded nothing', async (ground) => {
    const batch = await batchOf(ground.bench, old, [0, 10])
    const before = await seen(ground)
    const states: unknown[] = []
    const steps = await atEveryStep(
      ground,
      (target) => target.load(batch, never),
      async () => void states.push(await seen(ground)),
    )
    expect(steps).toBeGreaterThan(4)
    const after = states.pop()
    expect(states.filter((state) => !isSame(state, before))).toEqual([])
    expect(after).toMatchObject({ coverage: [['', [{ from: 0, to: 10 }]]], rows: [{ id: 'gone' }, {}, {}] })
  })

  check('a load that is interrupted at any step leaves rows and coverage as they were', async (ground) => {
    const { bench, target } = ground
    await bench.load(target, old, { covered: covered(0, 10) })
    const before = await seen(ground)
    const batch = await batchOf(bench, fresh, [10, 20])
    const states: unknown[] = []
    await atEveryStep(
      ground,
      (each) => each.load(batch, never),
      async () => void states.push(await seen(ground)),
    )
    const after = states.pop()
    expect(states.filter((state) => !isSame(state, before))).toEqual([])
    expect(after).toMatchObject({ coverage: [['', [{ from: 0, to: 20 }]]] })
    expect(await bench.rows(target, 'id, n')).toHaveLength(4)
  })

  check('rows of two tables that come together are in together, or not at all', async (ground) => {
    const { bench, target } = ground
    await bench.load(target, old, { covered: covered(0, 10) })
    const before = await seen(ground)
    const parts = {
      columns: { id: 'text', whole: 'text', n: 'integer' } as const,
      rows: [{ id: 'part', whole: 'new', n: 1 }],
    }
    const part = { set: setOf(target), stage: await stageOf(bench.engine, parts) }
    const batch = { ...(await batchOf(bench, fresh, [10, 20])), also: [part] }
    const states: unknown[] = []
    await atEveryStep(
      ground,
      (each) => each.load(batch, never),
      async () => void states.push(await seen(ground)),
    )
    const after = states.pop()
    expect(states.filter((state) => !isSame(state, before))).toEqual([])
    expect(after).toMatchObject({ coverage: [['', [{ to: 20 }]]], parts: [{ id: 'part' }] })
  })

  check('coverage of a table that was dropped never speaks for the next one', async (ground) => {
    const { bench, target } = ground
    await bench.load(target, old, { covered: covered(0, 10) })
    await bench.run(`drop table ${bench.database.dialect.table(target)}`)
    const batch = await batchOf(bench, fresh, [10, 20])
    const states: unknown[] = []
    await atEveryStep(
      ground,
      (each) => each.load(batch, never),
      async () => void states.push((await bench.state(target)).coverage),
    )
    const after = states.pop()
    expect(states.filter((state) => !isSame(state, new Map()))).toEqual([])
    expect(after).toEqual(new Map([['', [{ from: 10, to: 20, readAt: 1_000 }]]]))
  })

  check('a swap that is interrupted at any step has happened, or not', async (ground) => {
    const { bench, target } = ground
    await bench.load(target, { ...old, account: 'other' }, { account: 'other' })
    await bench.load(target, old, { covered: covered(0, 10) })
    const before = await seen(ground)
    const load = () => bench.load(target, fresh, { refresh: true, covered: covered(0, 50) })
    await load()
    const states: unknown[] = []
    await atEveryStep(
      ground,
      (each) => each.aside().complete(RUN_STARTED_AT, never),
      async () => {
        states.push(await seen(ground))
        // What a rerun finds: all that was gathered, or nothing of it.
        const { coverage } = await bench.target(target, { refresh: true }).aside().state()
        if (coverage.size > 0) return
        const shadow = shadowOf(target, 'shop')
        if ((await bench.database.describe(shadow)) !== null) expect(await bench.rows(shadow)).toEqual([])
        await load()
      },
    )
    const after = states.at(-1)
    expect(states.filter((state) => !isSame(state, before) && !isSame(state, after))).toEqual([])
    expect(after).toMatchObject({ coverage: [['', [{ from: 0, to: 50 }]]] })
    expect(await bench.rows(target, '_sluice_account, id', '_sluice_account, id')).toEqual([
      ...['gone', 'stays', 'turns'].map((id) => ({ _sluice_account: 'other', id })),
      ...['new', 'stays', 'turns'].map((id) => ({ _sluice_account: 'shop', id })),
    ])
  })

  check('a run whose beginning is interrupted at any step has begun, or not', async (ground) => {
    const { bench, target } = ground
    await bench.load(target, old, { covered: covered(0, 10) })
    const before = await seen(ground)
    const forget = [{ pass: '', window: { from: 2, to: 4 } }]
    const run = { startedAt: RUN_STARTED_AT, demand: 'all', reread: [{ from: 2, to: 4 }], forget }
    const states: unknown[] = []
    await atEveryStep(
      ground,
      (each) => each.begin(run, never),
      async () => void states.push(await seen(ground)),
    )
    const after = states.pop()
    expect(states.filter((state) => !isSame(state, before))).toEqual([])
    expect(after).toMatchObject({
      unfinished: { demand: 'all' },
      coverage: [['', [{ to: 2 }, { from: 4 }]]],
    })
  })
}

const isSame = (a: unknown, b: unknown): boolean => spelled(a) === spelled(b)
const spelled = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'bigint' ? String(each) : each instanceof Map ? [...each] : each,
  )
