import { beforeAll, expect } from 'vitest'
import { tinyShop } from '../sandbox/tiny-shop.ts'
import { testBoth } from './both-places.ts'
import type { Placed } from './both-places.ts'
import { buildCli, runCli } from './cli.ts'

const start = Date.UTC(2025, 0, 1) / 1000
/** Ten a day, for ten days. */
const events = Array.from({ length: 100 }, (_, index) => ({
  timeS: start + Math.floor(index / 10) * 86_400 + index,
}))
const options = {
  shop: tinyShop({ events, profiles: Array.from({ length: 20 }, (_, i) => (start + i) * 1e6) }),
}
const count = async ({ ask }: Placed, table = 'k.events'): Promise<number> =>
  Number((await ask(`select count(*) as n from ${table}`))[0]?.['n'])

beforeAll(buildCli)

for (const how of [{ fullRefresh: true }, { incrementalStrategy: 'replace' }] as const)
  testBoth(
    `${Object.keys(how)[0]} of an interval says how many rows would go, and does it on a yes`,
    options,
    async (placed) => {
      const { ingest } = placed
      await ingest('events', { intervalStart: '2025-01-01' })
      const part = { ...how, intervalStart: '2025-01-08', intervalEnd: '2025-02-01' }
      const { failures } = await ingest('events', part)
      expect(failures).toMatchObject([{ error: { code: 'rows-would-go', fault: 'usage' } }])
      expect(failures[0]?.error.message).toMatch(
        /would remove 70 rows of account "shop" from table "k\.events", .*read 30 rows anew.*add yes if/,
      )
      expect(await count(placed)).toBe(100)

      const done = await ingest('events', { ...part, yes: true })
      expect(done.of('events')).toMatchObject({ inserted: 0, replaced: 30, removed: 70 })
      expect(await count(placed)).toBe(30)
      // The same again removes nothing, so nobody is asked.
      const again = await ingest('events', part)
      expect(again.of('events')).toMatchObject({ inserted: 0, replaced: 30, removed: 0 })
    },
  )

testBoth('replace without an interval goes back as far as its rows do', options, async (placed) => {
  const { ingest, bench } = placed
  const replace = { incrementalStrategy: 'replace' }
  await ingest('events', { ...replace, intervalStart: '2025-01-08' })
  expect(await count(placed)).toBe(30)
  bench.advance(5_000)
  const again = await ingest('events', replace)
  expect(again.of('events')).toMatchObject({ rows: 30, inserted: 0, replaced: 30, removed: 0 })
  expect(await count(placed)).toBe(30)
  // Anew means everything.
  expect((await ingest('events', { fullRefresh: true })).of('events')).toMatchObject({
    inserted: 70,
    replaced: 30,
  })
})

testBoth('a refresh that brings much less than there was says so', options, async (placed) => {
  const { bench, ask, uri } = placed
  await placed.ingest('events,profiles', { intervalStart: '2025-01-01' })
  for (let i = 0; i < 90; i++)
    bench.sandbox.changes().deleteResource('event', bench.sandbox.shop().events.id(i))
  const words = bench
    .words('events', {}, '--full-refresh', '--progress', 'log')
    .map((word) => (word.startsWith('duckdb:') ? uri : word))
  const { code, stdout, stderr } = await runCli(words, bench)
  expect(code).toBe(0)
  const shrunk = 'only 10 rows came where 100 rows were in'
  expect(stdout).toContain(`events: ${shrunk}.`)
  expect(stderr).toMatch(new RegExp(`events: done in .*0 new, 10 replaced, 90 removed, .*; ${shrunk}`))
  expect(stdout).toMatch(/rows read +new +changed +replaced +removed/)
  expect((await ask('select count(*) as n from k.events'))[0]).toEqual({ n: '10' })
})

testBoth(
  '--flatten on a table that was loaded without it, and the other way round',
  options,
  async (placed) => {
    const { ingest, bench, ask } = placed
    const cities = async (): Promise<unknown> =>
      (await ask('select count(*) as n, count(location_city) as flat from k.profiles'))[0]
    await ingest('profiles,events')
    bench.sandbox.changes().touchProfile(bench.sandbox.shop().profiles.id(3))
    bench.advance(5_000)
    // Tables without nested objects are the same either way.
    const flat = await ingest('profiles,events', { flatten: true })
    expect(flat.failures).toMatchObject([
      { table: 'profiles', error: { code: 'changed-shape', fault: 'usage' } },
    ])
    expect(flat.failures[0]?.error.message).toMatch(
      /was loaded without flatten.*with fullRefresh and flatten together/,
    )
    expect(flat.of('events').inserted).toBe(0)

    await ingest('profiles', { flatten: true, fullRefresh: true })
    expect(await cities()).toMatchObject({ n: '20' })
    expect((await ingest('profiles', { flatten: true })).failures).toEqual([])
    const nested = await ingest('profiles')
    expect(nested.failures).toMatchObject([{ error: { code: 'changed-shape' } }])
    expect((await ingest('profiles', { fullRefresh: true })).failures).toEqual([])
  },
)
