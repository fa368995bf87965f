import { beforeAll, expect, test } from 'vitest'
import { tinyShop } from '../sandbox/tiny-shop.ts'
import { openBench } from './bench.ts'
import { buildCli, runCli } from './cli.ts'
import { edgesOf } from './coverage.ts'
import { countOf, expectTruth, query } from './truth.ts'

const start = Date.UTC(2025, 0, 1) / 1000
const events = Array.from({ length: 600 }, (_, index) => ({ timeS: start + index * 60 }))
const tag = (id: string) => ({
  type: 'tag',
  id,
  attributes: { name: id },
  relationships: { 'tag-group': { many: false, type: 'tag-group', ids: [] } },
})
/** Both accounts have the same ids, as test data of shops often does. */
const shop = tinyShop({ events, profiles: [start * 1e6], resources: [tag('a'), tag('b')] })
const first = { source: { account: 'first' } }
const second = { source: { account: 'second', api_key: 'pk_test_2' } }
const of = (account: number, alias: string, source: string) => ({
  source,
  target: `k.${source}`,
  account,
  where: `_sluice_account = '${alias}'`,
})

beforeAll(buildCli)

test('two accounts in one table: rows, coverage, snapshots and refreshes of one leave those of the other', async () => {
  await using bench = await openBench({ shop, accounts: 2 })
  await bench.ingest('events,tags', { ...first, intervalStart: '2025-01-01' })
  await bench.ingest('events,tags', { ...second, intervalStart: '2025-01-01T05:00:00' })
  expect(await countOf(bench.file, 'k.events')).toBe(900)
  await expectTruth(bench.sandbox, bench.file, of(1, 'first', 'events'))
  expect((await edgesOf(bench.file, 'events')).map(([from]) => from).sort()).toEqual([
    '2025-01-01 00:00:00',
    '2025-01-01 05:00:00',
  ])

  bench.sandbox.changes(2).deleteResource('tag', 'a')
  bench.sandbox.changes(2).deleteResource('event', bench.sandbox.shop(2).events.id(599))
  expect((await bench.ingest('tags', second)).of('tags').deleted).toBe(1)
  expect(
    await query(
      bench.file,
      `select _sluice_account as a, id from k.tags where _sluice_deleted_at is not null`,
    ),
  ).toEqual([{ a: 'second', id: 'a' }])
  for (const incrementalStrategy of ['merge', 'delete+insert', 'replace'])
    expect(
      (
        await bench.ingest('events', {
          ...second,
          incrementalStrategy,
          intervalStart: '2025-01-01',
          reload: true,
        })
      ).failures,
    ).toEqual([])
  await bench.ingest('events,tags', { ...second, fullRefresh: true, intervalStart: '2025-01-01' })
  await expectTruth(bench.sandbox, bench.file, of(1, 'first', 'events'))
  expect(await expectTruth(bench.sandbox, bench.file, of(2, 'second', 'events'))).toBe(599)
  await expectTruth(bench.sandbox, bench.file, of(1, 'first', 'tags'))
  await expectTruth(bench.sandbox, bench.file, of(2, 'second', 'tags'))
  expect((await bench.ingest('events', { ...first, lookback: '0' })).of('events')).toMatchObject({
    inserted: 0,
    requests: 1,
  })
})

test('without an alias rows carry the id of the account, or a fingerprint where the key may not ask for it', async () => {
  await using bench = await openBench({ profiles: 20, events: 100 })
  const sourceUri = (key: string): string => `klaviyo://?api_key=${key}&base_url=${bench.sandbox.url}`
  await bench.ingest('events', { sourceUri: sourceUri('pk_test'), destTable: 'k.named' })
  const [{ a } = { a: null }] = await query(bench.file, 'select distinct _sluice_account as a from k.named')
  expect(a).toBe(bench.sandbox.shop().accountId)
  const other = { destUri: `duckdb:///${bench.file}.other`, destTable: 'k.print' }
  await bench.ingest('events', { sourceUri: sourceUri('pk_test_events_only'), ...other })
  const [{ b } = { b: null }] = await query(
    `${bench.file}.other`,
    'select distinct _sluice_account as b from k.print',
  )
  expect(b).toMatch(/^[0-9a-f]{12}$/)
})

test('two runs on one table at once: the second is told who has it, and the first is not disturbed', async () => {
  await using bench = await openBench({ shop, latencyMs: 300 })
  let told: unknown = null
  const options = { source: { revision: '2025-10-15' }, extractParallelism: 1 }
  let other: Promise<unknown> = Promise.resolve()
  const run = await bench.ingest('events', {
    ...options,
    onEvent: ({ type }) => {
      if (type !== 'page received' || told !== null) return
      told = 'asked'
      other = bench.ingest('events', options).then(
        ({ failures }) => (told = failures[0]?.error),
        (error: unknown) => (told = error),
      )
    },
  })
  await other
  expect(run.failures).toEqual([])
  expect(String(told)).toMatch(/in use by|is loading table "k.events"/)
  expect(await countOf(bench.file, 'k.events')).toBe(600)
})

test('a key for events alone: the other tables say which scope they need, the events are in', async () => {
  await using bench = await openBench({ shop })
  const run = await bench.ingest('events,profiles,tags,coupon-codes', {
    source: { api_key: 'pk_test_events_only' },
  })
  expect(run.of('events').inserted).toBe(600)
  const said = Object.fromEntries(run.failures.map(({ table, error }) => [table, error]))
  expect(said).toMatchObject({
    profiles: { fault: 'credentials', message: expect.stringContaining('"profiles:read"') as string },
    tags: { fault: 'credentials', message: expect.stringContaining('"tags:read"') as string },
    'coupon-codes': {
      fault: 'credentials',
      message: expect.stringMatching(/"coupon(-code)?s:read"/) as string,
    },
  })

  const asked = async (names: string): Promise<number | null> => {
    const { code, stdout, stderr } = await runCli(
      bench.words(names, { api_key: 'pk_test_events_only' }, '--progress', 'json'),
      bench,
    )
    expect(stderr).toContain('"profiles:read"')
    expect(stdout + stderr).not.toMatch(/pk_test|at .*\.js:\d+/)
    return code
  }
  expect([await asked('events,profiles'), await asked('profiles')]).toEqual([1, 3])
})

test('an older revision without page sizes works; one that was retired is said to be', async () => {
  await using bench = await openBench({ profiles: 150, events: 700 })
  const names = 'events,profiles,campaigns,lists,segments,templates,coupons,tags,catalog-items,flows,metrics'
  const old = await bench.ingest(names, { source: { revision: '2025-10-15' } })
  expect(old.failures.map(({ error }) => String(error))).toEqual([])
  for (const name of names.split(',').filter((each) => each !== 'events'))
    await expectTruth(bench.sandbox, bench.file, { source: name, target: `k.${name.replaceAll('-', '_')}` })
  await expect(bench.ingest('events', { source: { revision: '2023-02-22' } })).rejects.toMatchObject({
    code: 'unserved-revision',
    message: expect.stringContaining('"2023-02-22"') as string,
  })
})
