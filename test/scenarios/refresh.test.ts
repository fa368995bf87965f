import { copyFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { shadowOf } from '../../src/destinations/sql/shadow.ts'
import { tinyShop } from '../sandbox/tiny-shop.ts'
import { openBench } from './bench.ts'
import { edgesOf } from './coverage.ts'
import { countOf, expectTruth, query } from './truth.ts'

const AT_200_A_PAGE = { revision: '2025-10-15' }
const start = Date.UTC(2025, 0, 1) / 1000
const ROWS = 3_000
// No second is on two pages, which would be loaded together.
const events = Array.from({ length: ROWS }, (_, index) => ({ timeS: start + index * 8 }))
const commitEachPage = { batches: { maxBytes: 1, commitEveryMs: 1 } }
const options = {
  source: AT_200_A_PAGE,
  tuning: commitEachPage,
  intervalStart: '2024-12-31',
  extractParallelism: 1,
}

test('a full refresh is gathered aside: killed at any commit, the table is the old one, then the new one', async () => {
  await using bench = await openBench({ shop: tinyShop({ events }) })
  await bench.ingest('events', options)
  for (let i = 0; i < 500; i++)
    bench.sandbox.changes().deleteResource('event', bench.sandbox.shop().events.id(i * 3))
  bench.sandbox.changes().insertEvent({ id: 'new', atS: start + 5 })

  // What a kill at this moment would leave: the file and its write-ahead log.
  const images: string[] = []
  await bench.ingest('events', {
    ...options,
    fullRefresh: true,
    onEvent: ({ type }) => {
      if (type !== 'batch committed') return
      const image = join(bench.folder, `image${images.length}.duckdb`)
      copyFileSync(bench.file, image)
      if (existsSync(`${bench.file}.wal`)) copyFileSync(`${bench.file}.wal`, `${image}.wal`)
      images.push(image)
    },
  })
  expect(images.length).toBeGreaterThan(5)
  for (const image of images) expect(await countOf(image, 'k.events')).toBe(ROWS)
  const last = images.at(-1) ?? ''
  const aside = shadowOf({ schema: 'k', name: 'events' }, 'shop').name
  expect(await countOf(last, `k.${aside}`)).toBe(ROWS - 499)
  expect(await expectTruth(bench.sandbox, bench.file, { source: 'events', target: 'k.events' })).toBe(
    ROWS - 499,
  )
  expect(await tables(bench.file)).toEqual(['events'])
})

const tables = async (file: string): Promise<readonly (string | null | undefined)[]> =>
  (await query(file, `select table_name as t from duckdb_tables() where schema_name = 'k' order by t`)).map(
    ({ t }) => t,
  )

test('a refresh that is stopped leaves the table and its coverage as they were; the same words finish it', async () => {
  await using bench = await openBench({ shop: tinyShop({ events }), latencyMs: 5 })
  await bench.ingest('events', options)
  const before = await edgesOf(bench.file, 'events')
  for (let i = 0; i < 500; i++)
    bench.sandbox.changes().deleteResource('event', bench.sandbox.shop().events.id(i * 3))

  bench.sandbox.resetStats()
  const stop = new AbortController()
  let commits = 0
  const stopped = await bench.ingest('events', {
    ...options,
    fullRefresh: true,
    signal: stop.signal,
    onEvent: ({ type }) => {
      if (type === 'batch committed' && ++commits === 4) stop.abort()
    },
  })
  expect(stopped.failures.length).toBe(1)
  expect(await countOf(bench.file, 'k.events')).toBe(ROWS)
  expect(await query(bench.file, `select 1 from _sluice.coverage where target = 'k.events'`)).toHaveLength(
    before.length,
  )

  const finished = await bench.ingest('events', { ...options, fullRefresh: true })
  expect(finished.events.find(({ type }) => type === 'table planned')).toMatchObject({
    plan: { resumed: true },
  })
  expect(await expectTruth(bench.sandbox, bench.file, { source: 'events', target: 'k.events' })).toBe(
    ROWS - 500,
  )
  expect(bench.sandbox.stats().operations['get_events']?.requests).toBeLessThanOrEqual((ROWS - 500) / 200 + 4)
  expect(await tables(bench.file)).toEqual(['events'])
  expect(await bench.landed()).toEqual([])

  bench.advance(2_000)
  const again = await bench.ingest('events', { source: AT_200_A_PAGE, lookback: '0' })
  expect(again.of('events')).toMatchObject({ inserted: 0, changed: 0, requests: 1 })
})

test('a stopped refresh that is asked for in other words begins anew', async () => {
  await using bench = await openBench({ shop: tinyShop({ events }), latencyMs: 5 })
  await bench.ingest('events', options)
  const stop = new AbortController()
  await bench.ingest('events', {
    ...options,
    fullRefresh: true,
    signal: stop.signal,
    onEvent: ({ type }) => {
      if (type === 'batch committed') stop.abort()
    },
  })
  await bench.ingest('events', {
    ...options,
    fullRefresh: true,
    intervalStart: '2025-01-01T02:00:00',
    intervalEnd: '2025-01-01T04:00:00',
    yes: true,
  })
  expect(await countOf(bench.file, 'k.events')).toBe((2 * 3_600) / 8)
  expect(await edgesOf(bench.file, 'events')).toEqual([['2025-01-01 02:00:00', '2025-01-01 04:00:00']])
})
