import { expect, test } from 'vitest'
import type { Resource } from '../../src/sandbox/index.ts'
import { profileId, tinyShop } from '../sandbox/tiny-shop.ts'
import { openBench } from './bench.ts'
import { countOf, expectTruth, query } from './truth.ts'

const HOUR_MS = 3_600_000
const nowS = Math.floor(Date.now() / 1000)
const start = nowS - 30 * 86_400
const AT_200_A_PAGE = { revision: '2025-10-15' }
const commitEachPage = { batches: { maxBytes: 1, commitEveryMs: 1 } }
const ways = [{ extractParallelism: 1, tuning: commitEachPage }, { extractParallelism: 8 }] as const

test('profiles that move, appear and vanish between two pages', async () => {
  for (const way of ways) {
    const profiles = Array.from({ length: 1_000 }, (_, index) => (start + index * 60) * 1e6 + index)
    await using bench = await openBench({ shop: tinyShop({ profiles }), latencyMs: 2 })
    const changes = bench.sandbox.changes()
    const touch = (from: number, to: number): void => {
      for (let i = from; i < to; i += 7)
        changes.updateResource('profile', profileId(i), { first_name: `${i}` })
    }
    bench.sandbox.after('get_profiles', 2, () => {
      touch(0, 400)
      changes.putResource(newProfile('01HNEW1', start * 1000 + 30_000))
    })
    bench.sandbox.after('get_profiles', 4, () => {
      touch(200, 1_000)
      changes.deleteResource('profile', profileId(999))
    })
    bench.sandbox.after('get_profiles', 8, () => {
      touch(0, 1_000)
      changes.putResource(newProfile('01HNEW2', bench.sandbox.clock.now()))
    })
    const first = await bench.ingest('profiles', way)
    expect(first.failures).toEqual([])
    expect(await query(bench.file, 'select id from k.profiles group by id having count(*) > 1')).toEqual([])

    bench.advance(2 * HOUR_MS)
    const second = await bench.ingest('profiles', way)
    expect(second.failures).toEqual([])
    // A profile that vanished leaves no trace at Klaviyo; one with an old date is found by no time filter.
    const blind = `id not in ('${profileId(999)}')`
    if ((await countOf(bench.file, 'k.profiles', `id = '01HNEW1'`)) === 0)
      changes.deleteResource('profile', '01HNEW1')
    await expectTruth(bench.sandbox, bench.file, { source: 'profiles', target: 'k.profiles', where: blind })
  }
})

const newProfile = (id: string, atMs: number): Resource => ({
  type: 'profile',
  id,
  attributes: {
    email: `${id}@example.com`,
    created: new Date(atMs).toISOString(),
    updated: new Date(atMs).toISOString(),
  },
  relationships: {},
})

test('events that appear behind and ahead of the reader, in its own second, and vanish', async () => {
  for (const way of ways) {
    const events = Array.from({ length: 4_000 }, (_, index) => ({
      timeS: start + Math.floor(index / 9) * 600,
    }))
    await using bench = await openBench({ shop: tinyShop({ events }), latencyMs: 2 })
    const changes = bench.sandbox.changes()
    const source = bench.sandbox.shop().events
    for (const page of [1, 3, 6, 10, 15, 19]) {
      bench.sandbox.after('get_events', page, () => {
        for (const atS of [start, start + page * 4_000, nowS - 2 * 86_400, nowS - 60]) {
          changes.insertEvent({ id: `in${page}-${atS}`, atS })
          changes.insertEvent({ id: `aa${page}-${atS}`, atS })
        }
        changes.deleteResource('event', source.id(3_900 + page))
        changes.deleteResource('event', source.id(page))
      })
    }
    const options = { ...way, source: AT_200_A_PAGE, incrementalStrategy: 'delete+insert' }
    const first = await bench.ingest('events', options)
    expect(first.failures).toEqual([])
    bench.advance(2 * HOUR_MS)
    // The lookback reaches whatever appeared or vanished in the part that was read already.
    const second = await bench.ingest('events', { ...options, lookback: '60d' })
    expect(second.failures).toEqual([])
    await expectTruth(bench.sandbox, bench.file, { source: 'events', target: 'k.events' })
  }
})

test('a snapshot of a table that changes under the reader: the next one is right again', async () => {
  const tag = (id: string, name = id): Resource => ({
    type: 'tag',
    id,
    attributes: { name },
    relationships: { 'tag-group': { many: false, type: 'tag-group', ids: [] } },
  })
  const ids = Array.from({ length: 240 }, (_, index) => `tag${String(index).padStart(3, '0')}`)
  await using bench = await openBench({
    shop: tinyShop({ resources: ids.map((id) => tag(id)) }),
    latencyMs: 5,
  })
  const changes = bench.sandbox.changes()
  bench.sandbox.after('get_tags', 2, () => {
    for (const id of ids.slice(0, 50)) changes.deleteResource('tag', id)
    changes.deleteResource('tag', ids[200] ?? '')
    changes.putResource(tag('tag000a'))
    changes.putResource(tag('zzz'))
    changes.updateResource('tag', ids[100] ?? '', { name: 'renamed' })
  })
  await bench.ingest('tags', { source: AT_200_A_PAGE })
  await bench.ingest('tags', { source: AT_200_A_PAGE })
  await expectTruth(bench.sandbox, bench.file, {
    source: 'tags',
    target: 'k.tags',
    where: '_sluice_deleted_at is null',
  })
})
