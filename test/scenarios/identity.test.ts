import { beforeAll, expect } from 'vitest'
import type { ShopOptions } from '../../src/sandbox/index.ts'
import { tinyShop } from '../sandbox/tiny-shop.ts'
import type { BenchOptions } from './bench.ts'
import { testBoth } from './both-places.ts'
import type { Placed } from './both-places.ts'
import { buildCli, runCli } from './cli.ts'

const start = Date.UTC(2025, 0, 1) / 1000
const events = Array.from({ length: 50 }, (_, index) => ({ timeS: start + index * 60 }))
const scopes = ['events:read', 'tags:read']
/** Keys of account 1: two that may not read accounts, and a second one that may read all. */
const keys = {
  pk_a: { account: 1, scopes },
  pk_b: { account: 1, scopes },
  pk_second: { account: 1, scopes: 'all' },
} as const
const account = (number: number) => ({
  type: 'account',
  id: `ACC00${number}`,
  attributes: { timezone: 'UTC' },
  relationships: {},
})
const options = {
  shop: (shop: ShopOptions) => tinyShop({ events, resources: [account(shop.account)] })(shop),
  accounts: 2,
  keys,
}

beforeAll(buildCli)

/** With this key, and this alias if any. */
function as({ bench }: Placed, key: string, alias?: string): BenchOptions {
  const uri = new URLSearchParams({
    api_key: key,
    base_url: bench.sandbox.url,
    ...(alias === undefined ? {} : { account: alias }),
  })
  return { sourceUri: `klaviyo://?${uri.toString()}`, intervalStart: '2025-01-01' }
}

/** Events by account, and how many events there are. */
const accounts = async ({ ask }: Placed): Promise<unknown> =>
  (
    await ask(
      'select _sluice_account as a, count(*) as n, count(distinct id) as ids from k.events group by _sluice_account order by a',
    )
  ).map(({ a, n, ids }) => [a, Number(n), Number(ids)])

const nameOfRows = async ({ ask }: Placed): Promise<string> =>
  String((await ask('select _sluice_account as a from k.events limit 1'))[0]?.['a'])

const refused = (code: string, words: RegExp) =>
  expect.objectContaining({ code, fault: 'usage', message: expect.stringMatching(words) as string }) as Error

testBoth(
  'a key without accounts:read, then another one: refused, with what to type',
  options,
  async (placed) => {
    const { ingest, bench } = placed
    await ingest('events', as(placed, 'pk_a'))
    const name = await nameOfRows(placed)
    expect(name).toMatch(/^[0-9a-f]{12}$/)
    for (const key of ['pk_b', 'pk_test']) {
      const pages = bench.sandbox.stats().total.requests
      await expect(ingest('events', as(placed, key))).rejects.toThrow(
        refused('ambiguous-account', new RegExp(`account=${name} for the same account`)),
      )
      // But for who the key belongs to, nothing is asked.
      expect(bench.sandbox.stats().total.requests - pages).toBe(1)
      await ingest('events', as(placed, key, name))
    }
    // Now it is known what the account is, and all of its keys.
    await ingest('events', as(placed, 'pk_second', name))
    await expect(ingest('events', as(placed, 'pk_second'))).rejects.toThrow(
      refused('renamed-account', new RegExp(`Write account=${name} `)),
    )
    await ingest('events', as(placed, 'pk_a'))
    expect(await accounts(placed)).toEqual([[name, 50, 50]])
  },
)

testBoth(
  'a new key of a known account goes on; an alias added or changed is refused',
  options,
  async (placed) => {
    const { ingest, bench } = placed
    const id = bench.sandbox.shop(1).accountId
    await ingest('events', as(placed, 'pk_test'))
    const again = await ingest('events', { ...as(placed, 'pk_second'), lookback: '0' })
    expect(again.of('events').inserted).toBe(0)
    await expect(ingest('events', as(placed, 'pk_test', 'shop'))).rejects.toThrow(
      refused('renamed-account', new RegExp(`Write account=${id} .*rename-account --from ${id} --to shop`)),
    )
    const other = { ...as(placed, 'pk_test', 'shop'), destTable: 'elsewhere.*' }
    await expect(ingest('events', other)).rejects.toMatchObject({ code: 'renamed-account' })
    expect(await accounts(placed)).toEqual([[id, 50, 50]])
  },
)

testBoth(
  'two accounts in one destination, and an alias that belongs to the other',
  options,
  async (placed) => {
    const { ingest, bench } = placed
    await ingest('events', as(placed, 'pk_test', 'one'))
    await ingest('events', as(placed, 'pk_test_2'))
    const second = bench.sandbox.shop(2).accountId
    expect(await accounts(placed)).toEqual(
      [
        ['one', 50, 50],
        [second, 50, 50],
      ].toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
    )
    await expect(ingest('events', as(placed, 'pk_test_2', 'one'))).rejects.toMatchObject({ fault: 'usage' })
    await expect(ingest('events', as(placed, 'pk_test', second))).rejects.toMatchObject({ fault: 'usage' })
  },
)

testBoth('the command line: refused with exit code 2, renamed, and on it goes', options, async (placed) => {
  const { ingest, bench, uri } = placed
  const id = bench.sandbox.shop(1).accountId
  await ingest('events,tags', as(placed, 'pk_test'))
  const sluice = (...words: readonly string[]) => runCli(words, { stateFolder: bench.stateFolder })
  const load = ['ingest', '--source-uri', String(as(placed, 'pk_test', 'shop').sourceUri)]
  const into = ['--source-table', 'events', '--dest-uri', uri, '--dest-table', 'k.*', '--lookback', '0']
  const first = await sluice(...load, ...into)
  expect(first.code).toBe(2)
  const [, command = ''] = /"sluice (rename-account [^"]+)" and the same --dest-uri/.exec(first.stderr) ?? []
  expect(command).toBe(`rename-account --from ${id} --to shop`)
  const rename = [...command.split(' '), '--dest-uri', uri]

  const asked = await sluice(...rename)
  expect(asked).toMatchObject({ code: 2, stdout: '' })
  expect(asked.stderr).toMatch(/changes 50 rows in 2 tables .* Nothing was changed yet: add --yes to do it\./)
  expect(await accounts(placed)).toEqual([[id, 50, 50]])

  const done = await sluice(...rename, '--yes')
  expect(done).toMatchObject({ code: 0, stderr: '' })
  expect(done.stdout).toMatch(/k\.events: 50 rows\n.*is "shop" now/s)
  const before = bench.sandbox.stats().total.requests
  expect((await sluice(...load, ...into)).code).toBe(0)
  expect(bench.sandbox.stats().total.requests - before).toBeLessThanOrEqual(2)
  expect(await accounts(placed)).toEqual([['shop', 50, 50]])
  expect((await sluice(...rename, '--yes')).stderr).toContain(`has no account "${id}". It has "shop".`)
})
