import { expect, test } from 'vitest'
import { tinyShop } from '../sandbox/tiny-shop.ts'
import { openBench } from './bench.ts'
import { countOf, expectTruth, query } from './truth.ts'

const start = Date.UTC(2025, 0, 1) / 1000
const events = Array.from({ length: 300 }, (_, index) => ({ timeS: start + index }))
const profiles = Array.from({ length: 150 }, (_, index) => (start + index) * 1e6)
const shop = tinyShop({ events, profiles })

test('attributes that Klaviyo adds become columns, of new tables and of those with rows, and are reported', async () => {
  await using yesterday = await openBench({ shop })
  const before = await yesterday.ingest('events,profiles')
  expect(before.events.filter(({ type }) => type === 'columns added')).toEqual([])

  await using today = await openBench({
    shop,
    unknownAttributes: {
      profile: {
        added_tomorrow: 'new',
        whatsapp: { id: 12_345_678_901_234_567_890n.toString(), ok: true },
        'Odd Name!': 1.5,
      },
      event: { seq: 9_007_199_254_740_992 },
    },
  })
  const destUri = `duckdb:///${yesterday.file}`
  // Only what is read again can show what it has now.
  const none = await today.ingest('profiles', { destUri, lookback: '0' })
  expect(none.of('profiles')).toMatchObject({ changed: 0 })
  const after = await today.ingest('events,profiles', { destUri, reload: true })
  expect(after.failures).toEqual([])
  const added = after.events.filter((event) => event.type === 'columns added')
  expect(Object.fromEntries(added.map(({ table, columns }) => [table, columns.toSorted()]))).toEqual({
    events: ['seq'],
    profiles: ['added_tomorrow', 'odd_name', 'whatsapp'],
  })
  expect(after.of('profiles')).toMatchObject({ inserted: 0, changed: 150 })
  expect(await countOf(yesterday.file, 'k.profiles', `added_tomorrow = 'new'`)).toBe(150)
  expect(await query(yesterday.file, `select distinct whatsapp, seq from k.profiles, k.events`)).toEqual([
    { whatsapp: '{"id":"12345678901234567890","ok":true}', seq: '9007199254740992' },
  ])
  await expectTruth(yesterday.sandbox, yesterday.file, { source: 'events', target: 'k.events' })
})

test('--flatten: a column a field, those that nobody declared too; rows of one table have one shape', async () => {
  await using bench = await openBench({ shop, unknownAttributes: { profile: { extra: { a: 1 } } } })
  const run = await bench.ingest('profiles', { flatten: true, destTable: 'k.flat' })
  expect(run.failures).toEqual([])
  expect(
    await query(
      bench.file,
      `select distinct location_city, location_country, subscriptions_email_marketing_consent as consent, extra, properties
from k.flat`,
    ),
  ).toEqual([
    {
      location_city: 'Köln',
      location_country: null,
      consent: 'SUBSCRIBED',
      extra: '{"a":1}',
      properties: '{"big":1152921504606846977}',
    },
  ])
  const nested = await bench.ingest('profiles', { destTable: 'k.flat', reload: true })
  expect(nested.failures).toMatchObject([{ error: { code: 'changed-shape' } }])
  expect(await countOf(bench.file, 'k.flat', `location_city = 'Köln'`)).toBe(150)
  await bench.ingest('profiles', { destTable: 'k.flat', fullRefresh: true })
  expect(await countOf(bench.file, 'k.flat')).toBe(150)
  expect(await countOf(bench.file, 'k.flat', `location is not null`)).toBe(150)
})

test('all tables of a shop with fields that the spec does not know: none is dropped', async () => {
  await using bench = await openBench({ profiles: 200, events: 1_000, unknownAttributes: true })
  const run = await bench.ingest('profiles,events,lists,campaigns,flows,catalog-items')
  expect(run.failures).toEqual([])
  for (const name of ['profiles', 'events', 'lists', 'campaigns', 'flows', 'catalog_items'])
    expect(await countOf(bench.file, `k.${name}`, `added_tomorrow is distinct from 'new'`), name).toBe(0)
})

test('a table gets so many new columns and no more, over all runs; what is beyond is in one', async () => {
  const attributes = (prefix: string, count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`${prefix}${n}`, `${n}`]))
  const few = tinyShop({ profiles: profiles.slice(0, 3) })
  await using first = await openBench({ shop: few, unknownAttributes: { profile: attributes('a', 450) } })
  expect((await first.ingest('profiles')).failures).toEqual([])
  const more = { ...attributes('a', 450), ...attributes('b', 1_000) }
  await using second = await openBench({ shop: few, unknownAttributes: { profile: more } })
  for (const reload of [true, true]) {
    const run = await second.ingest('profiles', { destUri: `duckdb:///${first.file}`, reload })
    expect(run.failures).toEqual([])
  }
  const columns = await query(
    first.file,
    `select column_name as n from duckdb_columns() where table_name = 'profiles'`,
  )
  const found = (prefix: string): number =>
    columns.filter(({ n }) => new RegExp(`^${prefix}_?\\d`).test(n ?? '')).length
  expect([found('a'), found('b')]).toEqual([450, 50])
  const [row] = await query(
    first.file,
    `select len(json_keys(_sluice_more)) as keys, a0, b0, a449 from k.profiles`,
  )
  expect(row).toEqual({ keys: '950', a0: '0', b0: '0', a449: '449' })
  expect(await expectTruth(second.sandbox, first.file, { source: 'profiles', target: 'k.profiles' })).toBe(3)
})
