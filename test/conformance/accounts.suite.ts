import { expect } from 'vitest'
import { tableOf } from '../../src/destinations/sql/store/tables.ts'
import type { AccountIdentity } from '../../src/model/account.ts'
import { never } from './bench.ts'
import type { Bench } from './bench.ts'
import { backToVersion1 } from './store-version.ts'
import type { Suite } from './suite.ts'

const columns = { id: 'text', at: 'timestamp' } as const
const at = '2026-01-01T00:00:00Z'
const covered = (from: number, to: number, readAt = 1_000) => [{ pass: '', window: { from, to, readAt } }]

/** Identities that no other test has. */
function accountsOf(name: string) {
  return (id: string | null, key: string, alias: string | null = null): AccountIdentity => ({
    alias,
    id: id === null ? null : `${name} ${id}`,
    key: { name: `${name} key ${key}`, fingerprint: `${name} ${key}` },
  })
}

const noted = (bench: Bench): Promise<unknown> =>
  bench.run(`select name, identity from ${tableOf(bench.database.dialect, 'accounts')} order by identity`)

export const accounts: Suite = (check) => {
  check(
    'are noted with their first rows, and each further key of one with its own',
    async ({ bench, target, claims }) => {
      await bench.eyes.wipe()
      const who = accountsOf(target.name)
      const load = async (identity: AccountIdentity): Promise<string> => {
        const account = await bench.place.nameOf(identity, [target])
        await bench.load(target, { columns, rows: [{ id: 'a', at }], account }, { account, identity })
        return account
      }
      const name = await load(who('X', 'one'))
      expect(name).toBe(`${target.name} X`)
      expect(await load(who('X', 'two'))).toBe(name)
      expect(await load(who('X', 'two'))).toBe(name)
      expect(await load(who(null, 'two', name))).toBe(name)
      if (claims.sql === 'yes')
        expect(await noted(bench)).toEqual(
          [`key:${target.name} one`, `key:${target.name} two`, `klaviyo:${target.name} X`].map(
            (identity) => ({
              name,
              identity,
            }),
          ),
        )
      await expect(load(who(null, 'three'))).rejects.toMatchObject({ code: 'ambiguous-account' })
      await expect(load(who('X', 'one', 'shop'))).rejects.toMatchObject({ code: 'renamed-account' })
      await expect(load(who('Y', 'four', name))).rejects.toMatchObject({ code: 'taken-name' })
      expect(await load(who('Y', 'four'))).toBe(`${target.name} Y`)
      expect(await bench.rows(target, 'id')).toHaveLength(2)
    },
  )

  check(
    'of version 1 are known by their names, and what they are is noted when they come',
    async (ground) => {
      const { bench, target } = ground
      await bench.eyes.wipe()
      const who = accountsOf(target.name)
      const [id, alias] = [`${target.name} X`, `${target.name} moss`]
      for (const account of [id, alias])
        await bench.load(
          target,
          { columns, rows: [{ id: 'a', at }], account },
          { account, covered: covered(0, 9) },
        )
      await backToVersion1(bench)
      const nameOf = (identity: AccountIdentity): Promise<string> => bench.place.nameOf(identity, [target])
      for (const step of ['read', 'write'] as const) {
        await bench.place.ready(step, never)
        expect(await nameOf(who('X', 'one'))).toBe(id)
        expect(await nameOf(who('Y', 'two', alias))).toBe(alias)
        await expect(nameOf(who('Y', 'two'))).rejects.toMatchObject({ code: 'ambiguous-account' })
      }
      const second = who('Y', 'two', alias)
      await bench.load(target, { columns, rows: [], account: alias }, { account: alias, identity: second })
      await expect(nameOf(who('Y', 'two'))).rejects.toMatchObject({ code: 'renamed-account' })
    },
    ({ olderVersions }) => olderVersions,
  )

  check(
    'are looked for in the table too, where somebody dropped what was remembered',
    async ({ bench, target }) => {
      const who = accountsOf(target.name)
      const account = `${target.name} old`
      await bench.load(target, { columns, rows: [{ id: 'a', at }], account }, { account })
      await bench.eyes.wipe()
      const nameOf = (identity: AccountIdentity): Promise<string> => bench.place.nameOf(identity, [target])
      await expect(nameOf(who('X', 'one'))).rejects.toMatchObject({ code: 'ambiguous-account' })
      expect(await nameOf(who('X', 'one', account))).toBe(account)
    },
    ({ sql }) => sql,
  )

  check(
    'two that cannot be told apart and begin at once: the second is refused with its rows',
    async (ground) => {
      const { bench, target } = ground
      await bench.eyes.wipe()
      const who = accountsOf(target.name)
      const [one, two] = [who(null, 'one'), who(null, 'two')]
      const names = [await bench.place.nameOf(one, [target]), await bench.place.nameOf(two, [target])]
      const load = (identity: AccountIdentity, account = ''): Promise<unknown> =>
        bench.load(target, { columns, rows: [{ id: 'a', at }], account }, { account, identity })
      await load(one, names[0])
      await expect(load(two, names[1])).rejects.toMatchObject({ code: 'ambiguous-account' })
      await expect(
        bench
          .target(target, { account: names[1] ?? '', identity: two })
          .begin({ startedAt: 1, demand: '', reread: [], forget: [] }, never),
      ).rejects.toMatchObject({ code: 'ambiguous-account' })
      expect(await bench.rows(target, 'id')).toHaveLength(1)
    },
  )

  check(
    'renamed: rows, coverage, snapshots, unfinished runs, shape; a begun refresh is dropped',
    async (ground) => {
      const { bench, target } = ground
      await bench.eyes.wipe()
      const who = accountsOf(target.name)
      const [from, to, third] = ['old', 'new', 'third'].map((name) => `${target.name} ${name}`) as [
        string,
        string,
        string,
      ]
      const identity = who('X', 'one', from)
      const tags = { ...target, name: `${target.name}_tags` }
      for (const account of [from, third]) {
        const mine = account === from ? { account, identity } : { account }
        await bench.load(
          target,
          { columns, rows: [{ id: 'a', at }], account },
          { ...mine, covered: covered(0, 9) },
        )
        await bench.load(
          tags,
          { columns, rows: [{ id: 't', at }], account },
          { ...mine, cursorColumn: null, sourceTable: 'tags' },
        )
        await bench.target(target, mine).begin({ startedAt: 7, demand: 'all', reread: [], forget: [] }, never)
        await bench.load(
          target,
          { columns, rows: [{ id: 'b', at }], account },
          { ...mine, refresh: true, covered: covered(0, 5) },
        )
      }
      const states = async (account: string): Promise<unknown> => [
        await bench.state(target, { account }),
        await bench.state(tags, { account, sourceTable: 'tags' }),
      ]
      const [before, others] = [await states(from), await states(third)]
      const rename = (apply: boolean) => bench.place.renameAccount({ from, to, apply }, never)
      expect((await rename(false)).map(({ rows }) => rows)).toEqual([1, 1])
      expect(await states(from)).toEqual(before)
      expect((await rename(true)).map(({ table, rows }) => `${table.name} ${rows}`).toSorted()).toEqual([
        `${target.name} 1`,
        `${tags.name} 1`,
      ])
      expect(await states(to)).toEqual(before)
      expect(await states(third)).toEqual(others)
      expect((await bench.state(target, { account: from })).coverage.size).toBe(0)
      for (const table of [target, tags])
        expect(await bench.rows(table, '_sluice_account', '_sluice_account')).toEqual(
          [to, third].map((account) => ({ _sluice_account: account })),
        )
      expect(await bench.eyes.hasAside(target, from)).toBe(false)
      expect(await bench.eyes.hasAside(target, third)).toBe(true)
      expect(await bench.place.nameOf(who('X', 'one', to), [target])).toBe(to)
      // A run that was reading meanwhile does not go on under the old name.
      await expect(
        bench.load(target, { columns, rows: [], account: from }, { account: from, identity }),
      ).rejects.toMatchObject({ code: 'renamed-account' })
      await expect(rename(true)).rejects.toMatchObject({ code: 'unknown-account' })
    },
  )

  check(
    'renamed to one that is there: one account, unless both have the same rows',
    async ({ bench, target }) => {
      await bench.eyes.wipe()
      const [from, to] = [`${target.name} old`, `${target.name} new`]
      const load = (
        account: string,
        ids: readonly string[],
        window: ReturnType<typeof covered>,
        table = target,
      ) =>
        bench.load(
          table,
          { columns, rows: ids.map((id) => ({ id, at })), account },
          { account, covered: window },
        )
      await load(from, ['a', 'both'], covered(0, 10, 500))
      await load(to, ['both', 'c'], covered(5, 20, 1_000))
      const rename = () => bench.place.renameAccount({ from, to, apply: true }, never)
      await expect(rename()).rejects.toThrow(/"both" of them|1 of them have the keys/)
      expect(await bench.rows(target, 'id')).toHaveLength(4)

      await bench.eyes.wipe()
      const table = { ...target, name: `${target.name}_apart` }
      await load(from, ['a'], covered(0, 10, 500), table)
      await load(to, ['both', 'c'], covered(5, 20, 1_000), table)
      expect((await rename()).map(({ rows }) => rows)).toEqual([1])
      expect(await bench.rows(table, 'id')).toEqual([{ id: 'a' }, { id: 'both' }, { id: 'c' }])
      const { coverage } = await bench.state(table, { account: to })
      expect(coverage.get('')?.map(({ from: start, to: end }) => [start, end])).toEqual([
        [0, 10],
        [10, 20],
      ])
      // Read at 500, the first part is not settled by what was read later.
      expect(coverage.get('')?.[0]?.readAt).toBe(500)
    },
  )

  check(
    'renamed to one that is there: who has no rows any more covers nothing',
    async ({ bench, target }) => {
      for (const gone of ['old', 'new']) {
        await bench.eyes.wipe()
        const table = { ...target, name: `${target.name} ${gone}` }
        const [from, to] = [`${target.name} old`, `${target.name} new`]
        for (const [account, window] of [
          [from, covered(0, 10)],
          [to, covered(50, 60)],
        ] as const)
          await bench.load(table, { columns, rows: [{ id: 'a', at }], account }, { account, covered: window })
        await bench.run(
          `delete from ${bench.database.dialect.table(table)} where _sluice_account = '${target.name} ${gone}'`,
        )
        await bench.place.renameAccount({ from, to, apply: true }, never)
        const { coverage } = await bench.state(table, { account: to })
        expect(coverage.get('')?.map((window) => window.from)).toEqual([gone === 'old' ? 50 : 0])
      }
    },
    ({ sql }) => sql,
  )

  check('two accounts of Klaviyo are not made one, nor rows of two shapes', async ({ bench, target }) => {
    await bench.eyes.wipe()
    const who = accountsOf(target.name)
    const [one, two, three] = ['one', 'two', 'three'].map((name) => `${target.name} ${name}`) as [
      string,
      string,
      string,
    ]
    const load = (account: string, id: string, more: object) =>
      bench.load(target, { columns, rows: [{ id, at }], account }, { account, ...more })
    await load(one, 'a', { identity: who('X', 'one', one) })
    await load(two, 'b', { identity: who('Y', 'two', two) })
    await load(three, 'c', { madeOf: { flatten: true } })
    const rename = (from: string, to: string) => bench.place.renameAccount({ from, to, apply: true }, never)
    await expect(rename(one, two)).rejects.toThrow(/are two accounts at Klaviyo/)
    await expect(rename(one, three)).rejects.toThrow(/were not loaded alike \(--flatten\)/)
    expect(await bench.rows(target, '_sluice_account', '_sluice_account')).toHaveLength(3)
  })
}
