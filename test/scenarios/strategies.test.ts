import { expect, test } from 'vitest'
import { tinyShop } from '../sandbox/tiny-shop.ts'
import { openBench } from './bench.ts'
import type { Bench } from './bench.ts'
import { countOf, expectTruth, query } from './truth.ts'

const DAY = 86_400
const nowS = Math.floor(Date.now() / 1000)
/** A month of events, one in three hours; the last week is within the lookback. */
const events = Array.from({ length: 240 }, (_, index) => ({ timeS: nowS - 30 * DAY + index * 3 * 3_600 }))
const profiles = Array.from({ length: 250 }, (_, index) => (nowS - 30 * DAY + index * 3_600) * 1e6 + 123_456)
const tag = (id: string, name = `tag ${id}`) => ({
  type: 'tag',
  id,
  attributes: { name },
  relationships: { 'tag-group': { many: false, type: 'tag-group', ids: [] } },
})
const shop = () => tinyShop({ events, profiles, resources: ['a', 'b', 'c'].map((id) => tag(id)) })
const STRATEGIES = ['merge', 'append', 'replace', 'delete+insert'] as const
const truth = (bench: Bench, source: string, where?: string) =>
  expectTruth(bench.sandbox, bench.file, {
    source,
    target: `k.${source}`,
    ...(where === undefined ? {} : { where }),
  })
const stamps = (bench: Bench, table: string) => query(bench.file, `select * from k.${table} order by all`)

for (const incrementalStrategy of STRATEGIES) {
  test(`${incrementalStrategy}: what is there is the truth, and a second run changes nothing`, async () => {
    await using bench = await openBench({ shop: shop() })
    await bench.ingest('events,profiles,tags', { incrementalStrategy })
    expect(await truth(bench, 'events')).toBe(240)
    expect(await truth(bench, 'profiles')).toBe(250)
    expect(await truth(bench, 'tags')).toBe(3)
    const before = await Promise.all(['events', 'profiles', 'tags'].map((table) => stamps(bench, table)))
    bench.advance(5_000)
    const again = await bench.ingest('events,profiles,tags', { incrementalStrategy })
    const after = await Promise.all(['events', 'profiles', 'tags'].map((table) => stamps(bench, table)))
    // These two write every row that they read again; only the time of that differs.
    if (incrementalStrategy === 'replace' || incrementalStrategy === 'delete+insert') {
      expect(after.map((rows) => rows.map(withoutStamp))).toEqual(
        before.map((rows) => rows.map(withoutStamp)),
      )
      return
    }
    expect(again.result.tables.map(({ changed }) => changed)).toEqual([0, 0, 0])
    expect(after).toEqual(before)
  })
}

const withoutStamp = (row: Record<string, string | null>) => ({ ...row, _sluice_synced_at: null })

test('merge and delete+insert bring updates; append keeps each version', async () => {
  await using bench = await openBench({ shop: shop() })
  for (const incrementalStrategy of ['merge', 'append', 'delete+insert'])
    await bench.ingest('profiles', { incrementalStrategy, destTable: `k.${name(incrementalStrategy)}` })
  bench.advance(3_600_000)
  const changes = bench.sandbox.changes()
  const ids = Array.from({ length: 20 }, (_, index) => bench.sandbox.shop().profiles.id(index * 10))
  for (const id of ids) changes.updateResource('profile', id, { first_name: 'Zoë' })
  const runs = []
  for (const incrementalStrategy of ['merge', 'append', 'delete+insert'])
    runs.push(
      await bench.ingest('profiles', { incrementalStrategy, destTable: `k.${name(incrementalStrategy)}` }),
    )
  expect(runs.map((run) => run.of('profiles'))).toMatchObject([
    { inserted: 0, changed: 20, deleted: 0 },
    { inserted: 20, changed: 0 },
    { inserted: 0, changed: 20, deleted: 0 },
  ])
  for (const target of ['k.merge', 'k.delete_insert'])
    expect(await expectTruth(bench.sandbox, bench.file, { source: 'profiles', target })).toBe(250)
  expect(await countOf(bench.file, 'k.append')).toBe(270)
  expect(
    await query(
      bench.file,
      `select count(*) as n, count(distinct id) as ids from k.append where id in (select id from k.append where first_name = 'Zoë')`,
    ),
  ).toEqual([{ n: '40', ids: '20' }])
})

const name = (strategy: string): string => strategy.replace('+', '_')

test('delete+insert: what vanished at Klaviyo goes from what is read again, and from nowhere else', async () => {
  await using bench = await openBench({ shop: shop() })
  await bench.ingest('events', { incrementalStrategy: 'delete+insert' })
  bench.advance(5_000)
  const { events: source } = bench.sandbox.shop()
  const [old, recent] = [source.id(5), source.id(235)]
  for (const id of [old, recent]) bench.sandbox.changes().deleteResource('event', id)
  const run = await bench.ingest('events', { incrementalStrategy: 'delete+insert' })
  expect(run.of('events')).toMatchObject({ inserted: 0, changed: 0, deleted: 1 })
  const ids = (await query(bench.file, 'select id from k.events')).map(({ id }) => id)
  expect([ids.includes(old), ids.includes(recent), ids.length]).toEqual([true, false, 239])

  const reload = await bench.ingest('events', { incrementalStrategy: 'delete+insert', reload: true })
  expect(reload.of('events').deleted).toBe(1)
  expect(await truth(bench, 'events')).toBe(238)
})

test('delete+insert: pages that end in the middle of a second, committed one by one, lose no row of it', async () => {
  const crowded = Array.from({ length: 1_600 }, (_, index) => ({
    timeS: nowS - 20 * DAY + Math.floor(index / 170) * 60,
  }))
  await using bench = await openBench({ shop: tinyShop({ events: crowded }), latencyMs: 5 })
  const tuning = { batches: { maxBytes: 1, commitEveryMs: 1 } }
  const source = { revision: '2025-10-15' }
  const options = { incrementalStrategy: 'delete+insert', tuning, source, intervalStart: '2020-01-01' }
  await bench.ingest('events', options)
  expect(await truth(bench, 'events')).toBe(1_600)
  bench.advance(5_000)
  const again = await bench.ingest('events', { ...options, reload: true })
  expect(again.of('events')).toMatchObject({ inserted: 0, changed: 0, deleted: 0 })
  expect(await truth(bench, 'events')).toBe(1_600)
})

test('snapshots: vanished rows are marked once, revived rows lose the mark', async () => {
  await using bench = await openBench({ shop: shop() })
  await bench.ingest('tags')
  const changes = bench.sandbox.changes()
  changes.deleteResource('tag', 'b')
  changes.updateResource('tag', 'c', { name: 'renamed' })
  bench.advance(60_000)
  expect((await bench.ingest('tags')).of('tags')).toMatchObject({ inserted: 0, changed: 1, deleted: 1 })
  expect(await truth(bench, 'tags', '_sluice_deleted_at is null')).toBe(2)
  const marked = await query(bench.file, `select id, _sluice_deleted_at from k.tags where id = 'b'`)
  expect(marked[0]?.['_sluice_deleted_at']).not.toBeNull()

  bench.advance(60_000)
  expect((await bench.ingest('tags')).of('tags')).toMatchObject({ inserted: 0, changed: 0, deleted: 0 })
  expect(await query(bench.file, `select id, _sluice_deleted_at from k.tags where id = 'b'`)).toEqual(marked)

  changes.putResource(tag('b'))
  expect((await bench.ingest('tags')).of('tags')).toMatchObject({ inserted: 0, changed: 1, deleted: 0 })
  expect(await truth(bench, 'tags', '_sluice_deleted_at is null')).toBe(3)

  for (const id of ['a', 'b', 'c']) changes.deleteResource('tag', id)
  expect((await bench.ingest('tags')).of('tags')).toMatchObject({ rows: 0, deleted: 3 })
  expect(await countOf(bench.file, 'k.tags')).toBe(3)
  await bench.ingest('tags', { fullRefresh: true })
  expect(await countOf(bench.file, 'k.tags')).toBe(0)
})
