import { expect, test } from 'vitest'
import type { Tuning } from '../../src/app.ts'
import { tinyShop } from '../sandbox/tiny-shop.ts'
import { openBench } from './bench.ts'
import type { Bench } from './bench.ts'
import { countOf, expectTruth, query } from './truth.ts'

const ITEMS = 950
const item = (index: number, title = `item ${index}`) => ({
  type: 'catalog-item',
  id: `$custom:::$default:::${index}`,
  attributes: { external_id: String(index), title, created: '2025-01-01T00:00:00+00:00' },
  relationships: {},
})
const shop = () => tinyShop({ resources: Array.from({ length: ITEMS }, (_, index) => item(index)) })

/** Pages hold 100 rows, so that each is a part of its own. */
const inParts: Partial<Tuning> = { batches: { maxBytes: 1, commitEveryMs: 1 } }
const truth = (bench: Bench, where = 'true'): Promise<number> =>
  expectTruth(bench.sandbox, bench.file, { source: 'catalog-items', target: 'k.catalog_items', where })
const tables = async (bench: Bench): Promise<number> =>
  Number(
    (await query(bench.file, `select count(*) as n from duckdb_tables() where schema_name = 'k'`))[0]?.['n'],
  )

test('a snapshot of many parts: new, changed and vanished rows are counted as if it came in one', async () => {
  await using bench = await openBench({ shop: shop() })
  const first = await bench.ingest('catalog-items', { tuning: inParts })
  expect(first.events.filter(({ type }) => type === 'batch committed').length).toBeGreaterThan(5)
  expect(first.of('catalog-items')).toMatchObject({ rows: ITEMS, inserted: ITEMS, changed: 0, deleted: 0 })
  expect(await truth(bench)).toBe(ITEMS)

  const changes = bench.sandbox.changes()
  for (let i = 0; i < 30; i++) changes.deleteResource('catalog-item', `$custom:::$default:::${i}`)
  changes.putResource(item(500, 'renamed'))
  changes.putResource(item(ITEMS))
  bench.advance(60_000)
  const second = await bench.ingest('catalog-items', { tuning: inParts })
  expect(second.of('catalog-items')).toMatchObject({
    rows: ITEMS - 29,
    inserted: 1,
    changed: 1,
    deleted: 30,
  })
  expect(await truth(bench, '_sluice_deleted_at is null')).toBe(ITEMS - 29)
  expect(await countOf(bench.file, 'k.catalog_items')).toBe(ITEMS + 1)
  bench.advance(60_000)
  const same = await bench.ingest('catalog-items', { tuning: inParts })
  expect(same.of('catalog-items')).toMatchObject({ inserted: 0, changed: 0, deleted: 0 })
  expect(await tables(bench)).toBe(1)
  expect(await bench.landed()).toEqual([])
})

test.each(['merge', 'append', 'replace', 'delete+insert'])(
  '%s of many parts, read anew as well',
  async (strategy) => {
    await using bench = await openBench({ shop: shop() })
    const options = { tuning: inParts, incrementalStrategy: strategy }
    await bench.ingest('catalog-items', options)
    bench.sandbox.changes().deleteResource('catalog-item', '$custom:::$default:::7')
    bench.advance(60_000)
    await bench.ingest('catalog-items', options)
    expect(await countOf(bench.file, 'k.catalog_items')).toBe(
      strategy === 'delete+insert' ? ITEMS - 1 : ITEMS,
    )
    await bench.ingest('catalog-items', { ...options, fullRefresh: true })
    expect(await truth(bench)).toBe(ITEMS - 1)
    expect(await tables(bench)).toBe(1)
  },
)

test('a snapshot that breaks off leaves the rows as they were, and nothing beside them once the next is in', async () => {
  await using bench = await openBench({ shop: shop() })
  await bench.ingest('catalog-items')
  for (let i = 0; i < 30; i++)
    bench.sandbox.changes().deleteResource('catalog-item', `$custom:::$default:::${i}`)
  const stop = new AbortController()
  let parts = 0
  const broken = await bench.ingest('catalog-items', {
    tuning: inParts,
    signal: stop.signal,
    onEvent: ({ type }) => {
      if (type === 'batch committed' && ++parts === 3) stop.abort(new Error('killed'))
    },
  })
  expect(broken.failures).toHaveLength(1)
  expect(await countOf(bench.file, 'k.catalog_items', '_sluice_deleted_at is null')).toBe(ITEMS)
  expect((await bench.ingest('catalog-items')).of('catalog-items')).toMatchObject({ deleted: 30, changed: 0 })
  expect(await tables(bench)).toBe(1)
})

test('a disk with room for one page holds up no snapshot', async () => {
  await using bench = await openBench({ shop: shop() })
  const run = await bench.ingest('catalog-items', { tuning: { landingMaxBytes: 1 } })
  expect(run.of('catalog-items')).toMatchObject({ inserted: ITEMS })
  expect(await truth(bench)).toBe(ITEMS)
})
