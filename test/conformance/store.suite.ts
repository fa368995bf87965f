import { expect } from 'vitest'
import { shadowOf } from '../../src/destinations/sql/shadow.ts'
import { SqlPlace } from '../../src/destinations/sql/sql-place.ts'
import { STORE_VERSION } from '../../src/destinations/sql/store/tables.ts'
import { never, RUN_STARTED_AT } from './bench.ts'
import type { Bench } from './bench.ts'
import { backToVersion1, dump, Killed, killedAt } from './store-version.ts'
import type { Ground, Suite } from './suite.ts'

const columns = { id: 'text', at: 'timestamp' } as const
const rows = [{ id: 'a', at: '2026-01-01T00:00:00Z' }]
const covered = [{ pass: '', window: { from: 0, to: 10, readAt: 1_000 } }]
const run = { startedAt: 5, demand: 'all', reread: [], forget: [] }

/** Every kind of thing that is remembered, in the form of version 1. */
async function fill({ bench, target }: Pick<Ground, 'bench' | 'target'>): Promise<void> {
  await bench.load(target, { columns, rows }, { covered })
  await bench.target(target).begin(run, never)
  await bench.load(target, { columns, rows }, { refresh: true, covered })
  await backToVersion1(bench)
}

/** Some drivers say in words of their own what went wrong inside a transaction. */
const isKilling = (error: unknown): boolean =>
  error instanceof Killed || (error instanceof Error && error.cause instanceof Killed)

async function carriedOver(bench: Bench): Promise<unknown> {
  return [await bench.place.ready('write', never), await dump(bench)]
}

export const store: Suite = (checkAll) => {
  const check = (name: string, work: (ground: Ground) => Promise<void>): void => {
    checkAll(name, work, ({ olderVersions }) => olderVersions)
  }
  check('of version 1: becomes what is made today, with all that it remembers', async ({ bench, target }) => {
    await bench.load(target, { columns, rows }, { covered })
    const today = await dump(bench)
    await fill({ bench, target })
    const state = await bench.state(target)
    expect(state.unfinished?.demand).toBe('all')
    expect(await bench.place.ready('read', never)).toBeNull()
    expect(await bench.place.ready('write', never)).toEqual({ from: 1, to: STORE_VERSION })
    expect(await bench.state(target)).toEqual(state)
    const after = await dump(bench)
    for (const [name, table] of Object.entries(today)) {
      const types = (columns: unknown) => JSON.stringify(columns)
      expect(types(after[name]?.columns), name).toBe(types(table?.columns))
    }
    expect(await bench.place.ready('write', never)).toBeNull()
    await bench.target(target).end(never)
  })

  check(
    'of version 1: killed at any statement, it is as it was, and is carried over later',
    async (ground) => {
      const { bench } = ground
      await fill(ground)
      const before = await dump(bench)
      let kills = 0
      for (let isKilled = true; isKilled; kills++) {
        const place = new SqlPlace(killedAt(bench.database, kills, { keeps: false }))
        isKilled = await place.ready('write', never).then(
          () => false,
          (error: unknown) => {
            expect(isKilling(error)).toBe(true)
            return true
          },
        )
        if (isKilled) expect(await dump(bench)).toEqual(before)
      }
      expect(kills).toBeGreaterThan(4)
      expect(await carriedOver(bench)).toEqual([null, await dump(bench)])
      await bench.target(ground.target).end(never)
    },
  )

  check('of version 1: what was done of it before a kill is not done twice', async (ground) => {
    const { bench } = ground
    await fill(ground)
    await bench.place.ready('write', never)
    const whole = await dump(bench)
    let kills = 0
    for (let isKilled = true; isKilled; kills++) {
      await backToVersion1(bench)
      const place = new SqlPlace(killedAt(bench.database, kills, { keeps: true }))
      isKilled = await place.ready('write', never).then(
        () => false,
        () => true,
      )
      if (isKilled) expect(await bench.place.ready('write', never)).toEqual({ from: 1, to: STORE_VERSION })
      // What version 1 did not have is not there after the way back either.
      expect({ ...(await dump(bench)), targets: null }).toEqual({ ...whole, targets: null })
    }
    expect(kills).toBeGreaterThan(4)
    await bench.target(ground.target).end(never)
  })

  checkAll(
    'of a version that is still to come: nothing is touched, whatever is asked for',
    async (ground) => {
      const { bench, target } = ground
      const { dialect } = bench.database
      await bench.load(target, { columns, rows }, { covered })
      await bench.load(target, { columns, rows }, { refresh: true, covered })
      const meta = dialect.table({ schema: '_sluice', name: 'meta' })
      await bench.run(`update ${meta} set store_version = store_version + 1`)
      try {
        const before = [
          await dump(bench),
          await bench.rows(target),
          await bench.rows(shadowOf(target, 'shop')),
        ]
        const own = bench.target(target)
        const aside = bench.target(target, { refresh: true }).aside()
        const attempts: Readonly<Record<string, () => Promise<unknown>>> = {
          ready: () => bench.place.ready('write', never),
          look: () => bench.place.ready('read', never),
          name: () =>
            bench.place.nameOf({ alias: null, id: 'X', key: { name: 'k', fingerprint: 'k' } }, [target]),
          rename: () => bench.place.renameAccount({ from: 'shop', to: 'other', apply: true }, never),
          state: () => own.state(),
          check: () => own.check([], never),
          begin: () => own.begin(run, never),
          load: () => bench.load(target, { columns, rows: [] }),
          end: () => own.end(never),
          gather: () => bench.load(target, { columns, rows: [] }, { refresh: true }),
          complete: () => aside.complete(RUN_STARTED_AT, never),
          discard: () => aside.discard(never),
        }
        for (const [what, attempt] of Object.entries(attempts))
          await expect(attempt(), what).rejects.toMatchObject({ code: 'newer-destination' })
        expect([
          await dump(bench),
          await bench.rows(target),
          await bench.rows(shadowOf(target, 'shop')),
        ]).toEqual(before)
      } finally {
        await bench.run(`update ${meta} set store_version = store_version - 1`)
      }
    },
    ({ sql }) => sql,
  )
}
