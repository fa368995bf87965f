import { expect } from 'vitest'
import { targetText } from '../../src/destinations/sql/coverage-sql.ts'
import { oldShadowOf } from '../../src/destinations/sql/store/from-version-1.ts'
import { tableOf } from '../../src/destinations/sql/store/tables.ts'
import { keyIndexName } from '../../src/destinations/sql/plan.ts'
import { shadowOf } from '../../src/destinations/sql/shadow.ts'
import type { LoadResult } from '../../src/destinations/target.ts'
import type { TableName } from '../../src/model/names.ts'
import { never, RUN_STARTED_AT } from './bench.ts'
import type { Bench, Loading } from './bench.ts'
import type { Ground, Suite } from './suite.ts'

const columns = { id: 'text', at: 'timestamp', n: 'integer' } as const
const row = (id: string, n: number) => ({ id, at: '2026-01-01T00:00:00Z', n })
const covered = (from: number, to: number) => [{ pass: '', window: { from, to, readAt: 1_000 } }]
const complete = (bench: Bench, target: TableName, loading: Loading = {}): Promise<LoadResult> =>
  bench
    .target(target, { refresh: true, ...loading })
    .aside()
    .complete(RUN_STARTED_AT, never)
const coverageOf = async (bench: Bench, target: TableName, account = 'shop') =>
  (await bench.state(target, { account })).coverage
const gathered = async (bench: Bench, target: TableName) =>
  (await bench.target(target, { refresh: true }).aside().state()).coverage

/** Puts what accounts have gathered into one table, as version 1 of the store had it. */
async function gatherAsOnce(
  { bench, target }: Pick<Ground, 'bench' | 'target'>,
  accounts: readonly string[],
): Promise<void> {
  const { dialect } = bench.database
  const old = oldShadowOf(target)
  const shadows = accounts.map((account) => shadowOf(target, account))
  const all = shadows.map((shadow) => `select * from ${dialect.table(shadow)}`).join(' union all ')
  await bench.run(`create table ${dialect.table(old)} as ${all}`)
  if (dialect.lookup === 'index')
    await bench.run(
      `create index ${dialect.quote(keyIndexName(old, false))} on ${dialect.table(old)} (_sluice_account, id)`,
    )
  for (const shadow of shadows) {
    await bench.run(`drop table ${dialect.table(shadow)}`)
    await bench.run(
      `update ${tableOf(dialect, 'coverage')} set target = $1 where target = $2`,
      [old, shadow].map((table) => targetText(table, dialect)),
    )
  }
}

export const swaps: Suite = (check) => {
  check('readers keep the old rows until the swap, and coverage moves with it', async ({ bench, target }) => {
    await bench.load(target, { columns, rows: [row('old', 1), row('both', 1)] }, { covered: covered(0, 10) })
    await bench.load(target, { columns, rows: [row('both', 2)] }, { refresh: true, covered: covered(0, 50) })
    await bench.load(
      target,
      { columns, rows: [row('new', 1)] },
      { strategy: 'replace', covered: covered(50, 90) },
    )
    expect(await bench.rows(target, 'id, n')).toEqual([
      { id: 'both', n: 1n },
      { id: 'old', n: 1n },
    ])
    const coverage = () => coverageOf(bench, target)
    expect(await coverage()).toEqual(new Map([['', [{ from: 0, to: 10, readAt: 1_000 }]]]))
    await complete(bench, target)
    expect(await bench.rows(target, 'id, n')).toEqual([
      { id: 'both', n: 2n },
      { id: 'new', n: 1n },
    ])
    expect(await coverage()).toEqual(new Map([['', [{ from: 0, to: 90, readAt: 1_000 }]]]))
    expect(await bench.eyes.hasAside(target, 'shop')).toBe(false)
    expect(await bench.load(target, { columns, rows: [row('new', 1)] })).toMatchObject({ unchanged: 1 })
  })

  check('a first load may be a refresh', async ({ bench, target }) => {
    await bench.load(target, { columns, rows: [row('a', 1)] }, { refresh: true, covered: covered(0, 10) })
    expect(await bench.eyes.names(target)).toBeNull()
    await complete(bench, target)
    expect(await bench.rows(target, 'id')).toEqual([{ id: 'a' }])
    expect((await coverageOf(bench, target)).size).toBe(1)
  })

  check('leaves the rows and coverage of other accounts alone', async ({ bench, target }) => {
    await bench.load(
      target,
      { columns, rows: [row('a', 1)], account: 'other' },
      { account: 'other', covered: covered(0, 10) },
    )
    await bench.load(target, { columns, rows: [row('a', 1)] })
    const more = { ...columns, extra: 'text' } as const
    await bench.load(
      target,
      { columns: more, rows: [{ ...row('b', 2), extra: 'x' }] },
      { refresh: true, covered: covered(0, 20) },
    )
    await bench.load(
      target,
      { columns, rows: [row('c', 3)], account: 'third' },
      { account: 'third', refresh: true },
    )
    await complete(bench, target)
    expect(await bench.rows(target, '_sluice_account, id, extra', '_sluice_account')).toEqual([
      { _sluice_account: 'other', id: 'a', extra: null },
      { _sluice_account: 'shop', id: 'b', extra: 'x' },
    ])
    expect((await coverageOf(bench, target, 'other')).size).toBe(1)
    expect(await bench.eyes.hasAside(target, 'third')).toBe(true)
    await complete(bench, target, { account: 'third' })
    expect(await bench.rows(target, 'id')).toEqual([{ id: 'a' }, { id: 'b' }, { id: 'c' }])
  })

  check('versions that append keeps are swapped as they are', async ({ bench, target }) => {
    const append = { strategy: 'append', refresh: true } as const
    await bench.load(target, { columns, rows: [row('a', 1)] }, append)
    await bench.load(target, { columns, rows: [{ ...row('a', 2), at: '2026-01-02T00:00:00Z' }] }, append)
    await complete(bench, target)
    expect(await bench.rows(target, 'n', 'n')).toEqual([{ n: 1n }, { n: 2n }])
    const again = await bench.load(target, { columns, rows: [row('a', 1)] }, { strategy: 'append' })
    expect(again).toMatchObject({ unchanged: 1 })
  })

  check('a refresh goes on where it was, or is thrown away', async ({ bench, target }) => {
    await bench.load(target, { columns, rows: [row('a', 1)] }, { refresh: true, covered: covered(0, 10) })
    expect(await gathered(bench, target)).toEqual(new Map([['', [{ from: 0, to: 10, readAt: 1_000 }]]]))
    await bench.target(target, { refresh: true }).aside().discard(never)
    expect((await gathered(bench, target)).size).toBe(0)
    expect(await bench.eyes.hasAside(target, 'shop')).toBe(false)
    await bench.target(target, { refresh: true }).aside().discard(never)
  })

  check(
    'what an older version gathered of two accounts in one table is taken over by each',
    async (ground) => {
      const { bench, target } = ground
      const { dialect } = bench.database
      const versions = [row('a', 1), { ...row('a', 2), at: '2026-01-02T00:00:00Z' }]
      const refresh = (account: string) => ({ account, strategy: 'append', refresh: true }) as const
      for (const [index, account] of ['shop', 'other'].entries())
        await bench.load(
          target,
          { columns, rows: versions.slice(index), account },
          { ...refresh(account), covered: covered(0, 10) },
        )
      await gatherAsOnce(ground, ['shop', 'other'])
      await bench.run(`update ${tableOf(dialect, 'meta')} set store_version = 1`)
      expect(await bench.place.ready('read', never)).toBeNull()
      for (const account of ['shop', 'other'])
        expect((await bench.target(target, refresh(account)).aside().state()).coverage.size).toBe(0)
      expect(await bench.place.ready('write', never)).toEqual({ from: 1, to: 2 })
      expect(await bench.place.ready('write', never)).toBeNull()
      for (const [account, n] of [
        ['shop', 2],
        ['other', 1],
      ] as const) {
        const gathering = bench.target(target, refresh(account))
        expect((await gathering.aside().state()).coverage).toEqual(
          new Map([['', [{ from: 0, to: 10, readAt: 1_000 }]]]),
        )
        await gathering.aside().complete(RUN_STARTED_AT, never)
        const mine = `${dialect.table(target)} where _sluice_account = '${account}'`
        expect(await bench.run(`select count(*) as n from ${mine}`)).toEqual([{ n: BigInt(n) }])
      }
      expect(await bench.database.describe(oldShadowOf(target))).toBeNull()
    },
    ({ olderVersions }) => olderVersions,
  )

  check('a swap without a refresh is refused and changes nothing', async ({ bench, target }) => {
    await bench.load(target, { columns, rows: [row('a', 1)] })
    await expect(complete(bench, target)).rejects.toThrow(/nothing to put in place/)
    expect(await bench.rows(target, 'id')).toEqual([{ id: 'a' }])
  })

  check('a refresh is refused at once where the swap would fail', async ({ bench, target }) => {
    await bench.load(target, {
      columns: { id: 'text', at: 'timestamp', n: 'boolean' },
      rows: [{ id: 'a', at: null }],
      account: 'other',
    })
    await expect(bench.load(target, { columns, rows: [row('a', 1)] }, { refresh: true })).rejects.toThrow(
      /"n"/,
    )
  })
}
