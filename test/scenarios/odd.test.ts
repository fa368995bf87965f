import { stat } from 'node:fs/promises'
import { beforeAll, expect, test } from 'vitest'
import { DuckDBInstance } from '@duckdb/node-api'
import type { Resource } from '../../src/sandbox/index.ts'
import { tinyShop } from '../sandbox/tiny-shop.ts'
import { openBench } from './bench.ts'
import { buildCli, runCli } from './cli.ts'
import { edgesOf } from './coverage.ts'
import { countOf, expectTruth } from './truth.ts'

beforeAll(buildCli)

const start = Date.UTC(2025, 2, 30) / 1000
/** Around the hour that European clocks leave out, and at two moments before 1970. */
const events = [
  { timeS: -200_000_000 },
  { timeS: -1 },
  ...Array.from({ length: 1_200 }, (_, index) => ({ timeS: start + index * 7 })),
]
const truth = { source: 'events', target: 'k.events' }

test('nothing depends on the time zone of the machine, or on years before 1970', async () => {
  await using bench = await openBench({ shop: tinyShop({ events }) })
  for (const TZ of ['Europe/Berlin', 'Asia/Kathmandu', 'Pacific/Kiritimati']) {
    const words = bench.words('events', {}, '--interval-start', '1960-01-01', '--dest-table', 'k.events')
    const { code, stderr } = await runCli(words, { ...bench, env: { TZ } })
    expect(code, stderr).toBe(0)
    expect(await expectTruth(bench.sandbox, bench.file, truth)).toBe(1_202)
    expect((await edgesOf(bench.file, 'events')).map(([from]) => from)).toEqual(['1960-01-01 00:00:00'])
  }
})

async function run(file: string, ...statements: readonly string[]): Promise<void> {
  const instance = await DuckDBInstance.create(file)
  const connection = await instance.connect()
  for (const sql of statements) await connection.run(sql)
  connection.closeSync()
  instance.closeSync()
}

test('a table that somebody dropped is read anew, whatever is remembered of it', async () => {
  await using bench = await openBench({ shop: tinyShop({ events }) })
  const interval = { intervalStart: '1960-01-01' }
  await bench.ingest('events', interval)
  await run(bench.file, 'drop table k.events')
  expect((await bench.ingest('events', interval)).of('events')).toMatchObject({ inserted: 1_202 })
  await run(bench.file, 'drop schema k cascade')
  expect((await bench.ingest('events', { ...interval, fullRefresh: true })).failures).toEqual([])
  expect(await expectTruth(bench.sandbox, bench.file, truth)).toBe(1_202)
})

test('when what sluice remembers is lost, rows are read again and stay one each, versions too', async () => {
  await using bench = await openBench({ shop: tinyShop({ events }) })
  for (const incrementalStrategy of ['merge', 'append', 'delete+insert']) {
    const options = { incrementalStrategy, intervalStart: '1960-01-01' }
    await bench.ingest('events', options)
    await run(bench.file, 'drop schema _sluice cascade')
    expect((await bench.ingest('events', options)).of('events')).toMatchObject({ inserted: 0, changed: 0 })
    expect(await countOf(bench.file, 'k.events')).toBe(1_202)
  }
})

test('tables without a row, and children of no parents, are tables with all their columns', async () => {
  await using bench = await openBench({ shop: tinyShop({}) })
  const names = ['events', 'profiles', 'campaigns', 'tags', 'coupon-codes']
  for (const options of [{}, {}, { fullRefresh: true }, { incrementalStrategy: 'replace' }]) {
    const outcome = await bench.ingest(names.join(','), options)
    expect(outcome.failures.map(({ error }) => String(error))).toEqual([])
    for (const name of names)
      expect(
        await countOf(bench.file, `k.${name.replaceAll('-', '_')}`, 'id is null and _sluice_account is null'),
      ).toBe(0)
  }
})

test('when the last parent goes, its children are gone too', async () => {
  const coupon: Resource = { type: 'coupon', id: 'C', attributes: { external_id: 'C' }, relationships: {} }
  const code: Resource = {
    type: 'coupon-code',
    id: 'C-1',
    attributes: { unique_code: '1', status: 'UNASSIGNED', expires_at: null },
    relationships: { coupon: { many: false, type: 'coupon', ids: ['C'] } },
    meta: { 'coupon.id': 'C' },
  }
  await using bench = await openBench({ shop: tinyShop({ resources: [coupon, code] }) })
  expect((await bench.ingest('coupon-codes')).of('coupon-codes').inserted).toBe(1)
  bench.sandbox.changes().deleteResource('coupon', 'C')
  bench.sandbox.changes().deleteResource('coupon-code', 'C-1')
  expect((await bench.ingest('coupon-codes')).of('coupon-codes')).toMatchObject({ rows: 0, deleted: 1 })
})

test('landed pages are for nobody else to read', async () => {
  await using bench = await openBench({ shop: tinyShop({ events }) })
  const modes = new Set<string>()
  await bench.ingest('events', {
    tuning: { batches: { maxBytes: 64_000_000, commitEveryMs: 10_000 } },
    onEvent: ({ type }) => {
      if (type !== 'page received') return
      void bench.landed().then((files) =>
        Promise.all(
          files.map(async (file) => {
            const about = await stat(file).catch(() => null)
            if (about !== null) modes.add((about.mode & 0o777).toString(8))
          }),
        ),
      )
    },
  })
  expect([...modes]).toEqual(['600'])
  expect(((await stat(bench.stateFolder)).mode & 0o777).toString(8)).toBe('700')
})

test('a table that holds another one of Klaviyo is left alone, whatever the strategy', async () => {
  const tag: Resource = {
    type: 'tag',
    id: 'a',
    attributes: { name: 'a' },
    relationships: { 'tag-group': { many: false, type: 'tag-group', ids: [] } },
  }
  await using bench = await openBench({ shop: tinyShop({ events, resources: [tag] }) })
  await bench.ingest('events', { destTable: 'k.mine', intervalStart: '1960-01-01' })
  for (const incrementalStrategy of ['merge', 'append', 'replace', 'delete+insert']) {
    for (const source of ['tags', 'profiles']) {
      const run = await bench.ingest(source, { destTable: 'k.MINE', incrementalStrategy })
      expect(run.failures).toMatchObject([{ error: { fault: 'usage' } }])
      expect(String(run.failures[0]?.error)).toContain('holds Klaviyo\'s "events"')
    }
  }
  for (const operation of ['get_tags', 'get_profiles'])
    expect(bench.sandbox.stats().operations[operation]).toBeUndefined()
  expect(await expectTruth(bench.sandbox, bench.file, { source: 'events', target: 'k.mine' })).toBe(1_202)
  await run(bench.file, 'drop table k.mine')
  expect((await bench.ingest('tags', { destTable: 'k.mine' })).failures).toEqual([])
  expect((await bench.ingest('tags', { destTable: 'k.mine' })).failures).toEqual([])
})
