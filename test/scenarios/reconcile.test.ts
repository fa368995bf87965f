import { setTimeout } from 'node:timers/promises'
import { Client } from 'pg'
import { expect, test } from 'vitest'
import type { Fault, Resource } from '../../src/sandbox/index.ts'
import { postgresPlace } from '../conformance/postgres-place.ts'
import { profileId, tinyShop } from '../sandbox/tiny-shop.ts'
import { openBench } from './bench.ts'
import type { Bench, BenchRun } from './bench.ts'
import { buildCli, startCli } from './cli.ts'
import { coverageOf } from './coverage.ts'
import { query } from './truth.ts'

const HOUR_MS = 3_600_000
const nowS = Math.floor(Date.now() / 1000)
const start = nowS - 30 * 86_400
const iso = (seconds: number): string => new Date(seconds * 1000).toISOString()
const profiles = (count: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => (start + index * 60) * 1e6)
const events = Array.from({ length: 400 }, (_, index) => ({ timeS: start + index * 3_600 }))
const reconcile = { reconcile: true } as const

const asText = (url: URL): string => decodeURIComponent(url.href)
/** Whether a request is about ids alone; the ordinary ones ask for additional fields. */
const isOfIds = (url: URL): boolean => /[?&]fields\[(profile|event)\]=/.test(asText(url))
const NO_ROWS: Fault = {
  kind: 'answer',
  status: 200,
  body: JSON.stringify({ data: [], links: { self: 'x', next: null, prev: null } }),
}
const rollTables = (bench: Bench): Promise<readonly unknown[]> =>
  query(bench.file, `select table_name from duckdb_tables() where table_name like '%roll%'`)

/** Ids that are marked as gone. */
const gone = async (bench: Bench, table: string): Promise<readonly (string | null)[]> =>
  (await query(bench.file, `select id from k.${table} where _sluice_deleted_at is not null order by id`)).map(
    ({ id }) => id ?? null,
  )

/** Every id that the table holds and Klaviyo does not, and no other, is marked. */
async function expectMarksTrue(bench: Bench, source: string): Promise<number> {
  const there = new Set([...bench.sandbox.truth(source)].map((text) => (JSON.parse(text) as Resource).id))
  const rows = await query(
    bench.file,
    `select id, _sluice_deleted_at as gone from k.${source.replaceAll('-', '_')}`,
  )
  const wrong = rows.filter(({ id, gone }) => there.has(id ?? '') === (gone !== null))
  expect(wrong).toEqual([])
  return rows.filter((row) => row['gone'] !== null).length
}

const said = (run: BenchRun, type: string): readonly unknown[] =>
  run.events.filter((event) => event.type === type)

/** The tiny shop's profiles and a profile resource in its style. */
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

test('deleted profiles are marked, and only those; one that returns unchanged loses its mark', async () => {
  await using bench = await openBench({ shop: tinyShop({ profiles: profiles(450) }) })
  const changes = bench.sandbox.changes()
  await bench.ingest('profiles')
  bench.advance(HOUR_MS)
  const ids = [profileId(0), profileId(217), profileId(449)]
  const back = JSON.parse([...bench.sandbox.truth('profiles')][217] ?? '') as Resource
  for (const id of ids) changes.deleteResource('profile', id)

  expect((await bench.ingest('profiles')).of('profiles')).toMatchObject({ deleted: 0, reconciled: null })
  expect(await gone(bench, 'profiles')).toEqual([])
  const covered = await coverageOf(bench.file, 'profiles')

  const first = await bench.ingest('profiles', reconcile)
  expect(first.failures).toEqual([])
  expect(first.of('profiles')).toMatchObject({
    deleted: 3,
    reconciled: { rows: 450, marked: 3, revived: 0 },
  })
  expect(said(first, 'rows missing')).toMatchObject([{ missing: 3, rows: 450 }])
  expect(said(first, 'reconciled')).toMatchObject([{ table: 'profiles', marked: 3 }])
  expect(await gone(bench, 'profiles')).toEqual(ids)
  expect((await coverageOf(bench.file, 'profiles')).map(({ from }) => from)).toEqual(
    covered.map(({ from }) => from),
  )
  // The mark says when it was first seen to be gone.
  const markedAt = `select max(_sluice_deleted_at) as at, count(*) as n from k.profiles`
  const before = await query(bench.file, markedAt)
  bench.advance(HOUR_MS)
  expect((await bench.ingest('profiles', reconcile)).of('profiles').reconciled).toEqual({
    rows: 450,
    marked: 0,
    revived: 0,
  })
  expect(await query(bench.file, markedAt)).toEqual(before)

  changes.putResource({ ...back, type: 'profile', relationships: {} })
  const second = await bench.ingest('profiles', reconcile)
  expect(second.of('profiles')).toMatchObject({ inserted: 0, reconciled: { marked: 0, revived: 1 } })
  expect(await expectMarksTrue(bench, 'profiles')).toBe(2)
  expect(await bench.landed()).toEqual([])
  expect(await rollTables(bench)).toEqual([])
})

test('ids are read as cheaply as the endpoint allows', async () => {
  const asked: string[] = []
  await using bench = await openBench({
    shop: tinyShop({ profiles: profiles(250) }),
    onRequest: ({ url }) => {
      if (isOfIds(url)) asked.push(asText(url))
      return null
    },
  })
  await bench.ingest('profiles')
  bench.sandbox.changes().deleteResource('profile', profileId(7))
  bench.advance(HOUR_MS)
  asked.length = 0
  await bench.ingest('profiles', { ...reconcile, lookback: '0', extractParallelism: 1 })
  // Three pages of 100, and one for the one that did not come.
  expect(asked).toHaveLength(4)
  for (const url of asked) expect(url).not.toMatch(/additional-fields|include/)
  expect(asked[0]).toContain('page[size]=100')
  expect(asked.at(-1)).toContain(`any(id,["${profileId(7)}"])`)
})

test('archived campaigns and flows and hidden images are not deleted ones; deleted ones of all tables are', async () => {
  await using bench = await openBench({ profiles: 50, events: 50 })
  const changes = bench.sandbox.changes()
  const tables = 'campaigns,flows,images,lists,segments,forms,templates,template-universal-content,web-feeds'
  await bench.ingest(tables)
  bench.advance(HOUR_MS)
  const run = await bench.ingest(tables, reconcile)
  expect(run.failures).toEqual([])
  for (const { table, reconciled } of run.result.tables) {
    expect(reconciled, table).toMatchObject({ marked: 0, revived: 0 })
    expect(reconciled?.rows, table).toBeGreaterThan(0)
  }
  const deleted = [
    ['campaigns', 'campaign'],
    ['flows', 'flow'],
    ['images', 'image'],
    ['lists', 'list'],
    ['segments', 'segment'],
    ['forms', 'form'],
    ['templates', 'template'],
    ['template-universal-content', 'template-universal-content'],
    ['web-feeds', 'web-feed'],
  ] as const
  for (const [table, type] of deleted) {
    const [text = ''] = bench.sandbox.truth(table)
    expect(changes.deleteResource(type, (JSON.parse(text) as Resource).id), table).toBe(true)
  }
  const second = await bench.ingest(tables, reconcile)
  expect(second.failures).toEqual([])
  for (const [table] of deleted) {
    expect(second.of(table).reconciled?.marked, table).toBe(1)
    expect(await expectMarksTrue(bench, table), table).toBe(1)
  }
})

test('rows that appear, change and go while the ids are read are not marked for it', async () => {
  for (const way of [{ extractParallelism: 1 }, { extractParallelism: 8 }]) {
    let idPages = 0
    let act: (page: number) => void = () => undefined
    await using bench = await openBench({
      shop: tinyShop({}),
      latencyMs: 2,
      onRequest: ({ url }) => {
        if (isOfIds(url)) act(++idPages)
        return null
      },
    })
    const changes = bench.sandbox.changes()
    for (let i = 0; i < 900; i++) changes.putResource(newProfile(profileId(i), (start + i * 60) * 1000))
    await bench.ingest('profiles', way)
    bench.advance(HOUR_MS)
    changes.deleteResource('profile', profileId(3))
    act = (page) => {
      // Rows of pages that were read, and of pages that are to come.
      for (let i = page % 7; i < 900; i += 7) if (i !== 3) changes.touchProfile(profileId(i))
      changes.putResource(newProfile(`01HNEW${page}`, bench.sandbox.clock.now()))
      changes.putResource(newProfile(`01HOLD${page}`, start * 1000))
    }
    const run = await bench.ingest('profiles', { ...way, ...reconcile })
    expect(run.failures).toEqual([])
    expect(run.of('profiles').reconciled).toMatchObject({ marked: 1 })
    expect(await gone(bench, 'profiles')).toEqual([profileId(3)])
    expect(idPages).toBeGreaterThan(9)
  }
})

test('a page that comes without its rows marks nobody: who does not answer is asked for by name', async () => {
  let hide = false
  await using bench = await openBench({
    shop: tinyShop({ profiles: profiles(300) }),
    onRequest: ({ url }) => {
      return hide && isOfIds(url) && !asText(url).includes('any(id') ? NO_ROWS : null
    },
  })
  await bench.ingest('profiles')
  bench.sandbox.changes().deleteResource('profile', profileId(5))
  bench.advance(HOUR_MS)
  hide = true
  const run = await bench.ingest('profiles', reconcile)
  expect(run.failures).toEqual([])
  expect(said(run, 'rows missing')).toMatchObject([{ missing: 300, rows: 300 }])
  expect(await gone(bench, 'profiles')).toEqual([profileId(5)])
})

test('most rows gone is looked at twice, said, and then believed', async () => {
  await using bench = await openBench({ shop: tinyShop({ profiles: profiles(300) }) })
  await bench.ingest('profiles')
  for (let i = 0; i < 280; i++) bench.sandbox.changes().deleteResource('profile', profileId(i))
  bench.advance(HOUR_MS)
  const run = await bench.ingest('profiles', reconcile)
  expect(said(run, 'rows missing')).toMatchObject([{ missing: 280, rows: 300 }])
  expect(run.of('profiles').reconciled).toEqual({ rows: 300, marked: 280, revived: 0 })
  expect(await expectMarksTrue(bench, 'profiles')).toBe(280)
})

test('more rows gone than are held at once', { timeout: 120_000 }, async () => {
  await using bench = await openBench({ shop: tinyShop({ profiles: profiles(11_500) }) })
  await bench.ingest('profiles')
  for (let i = 0; i < 11_000; i++) bench.sandbox.changes().deleteResource('profile', profileId(i))
  bench.advance(HOUR_MS)
  const run = await bench.ingest('profiles', { ...reconcile, extractParallelism: 1 })
  expect(run.of('profiles').reconciled).toEqual({ rows: 11_500, marked: 11_000, revived: 0 })
  // The ordinary run, the pages of ids, and every absent one asked for once, fifty at a time.
  expect(run.of('profiles').requests).toBeLessThanOrEqual(2 + 5 + 220)
  expect(await expectMarksTrue(bench, 'profiles')).toBe(11_000)
})

test('events are looked for in the interval named, and nowhere else', async () => {
  await using bench = await openBench({ shop: tinyShop({ events }) })
  const changes = bench.sandbox.changes()
  await bench.ingest('events')
  bench.advance(HOUR_MS)
  const ids = [...bench.sandbox.truth('events')].map((text) => (JSON.parse(text) as Resource).id)
  // The first of the interval, the last in it, the first behind it, one before it.
  for (const at of [100, 199, 200, 99]) changes.deleteResource('event', ids[at] ?? '')
  const interval = { intervalStart: iso(start + 100 * 3_600), intervalEnd: iso(start + 200 * 3_600) }
  const run = await bench.ingest('events', { ...interval, ...reconcile })
  expect(run.failures).toEqual([])
  expect(run.of('events').reconciled).toEqual({ rows: 100, marked: 2, revived: 0 })
  expect(await gone(bench, 'events')).toEqual(
    [ids[100] ?? '', ids[199] ?? ''].toSorted((a, b) => (a < b ? -1 : 1)),
  )
  expect(said(run, 'reconciling')).toMatchObject([
    { rows: 100, window: { from: start + 100 * 3_600, to: start + 200 * 3_600 } },
  ])
})

test('an event that the first look missed is found by the second', async () => {
  let looks = 0
  let spoil = false
  await using bench = await openBench({
    shop: tinyShop({ events }),
    onRequest: ({ url }) => {
      if (!spoil || !isOfIds(url)) return null
      looks += 1
      return looks > 1 ? null : NO_ROWS
    },
  })
  await bench.ingest('events')
  bench.advance(HOUR_MS)
  spoil = true
  const interval = { intervalStart: iso(start), intervalEnd: iso(start + 200 * 3_600) }
  const run = await bench.ingest('events', { ...interval, ...reconcile, extractParallelism: 1 })
  expect(run.of('events').reconciled).toEqual({ rows: 200, marked: 0, revived: 0 })
  expect(looks).toBe(2)
})

test('a read of ids that breaks off marks nothing, and the next one does', async () => {
  let pages = 0
  let failFrom = Infinity
  await using bench = await openBench({
    shop: tinyShop({ profiles: profiles(600) }),
    onRequest: ({ url }) => {
      if (!isOfIds(url)) return null
      pages += 1
      return pages >= failFrom ? { kind: 'status', status: 500 } : null
    },
  })
  await bench.ingest('profiles')
  bench.sandbox.changes().deleteResource('profile', profileId(5))
  bench.advance(HOUR_MS)
  failFrom = 4
  const tuning = {
    retries: { attempts: 2, baseMs: 2, capMs: 10 },
    batches: { maxBytes: 1, commitEveryMs: 1 },
  }
  const run = await bench.ingest('profiles', { ...reconcile, extractParallelism: 1, tuning })
  expect(run.failures).toHaveLength(1)
  expect(await gone(bench, 'profiles')).toEqual([])
  expect(await bench.landed()).toEqual([])
  expect(await rollTables(bench)).toEqual([])
  failFrom = Infinity
  expect((await bench.ingest('profiles', reconcile)).of('profiles').reconciled?.marked).toBe(1)
})

test('faults, short and empty pages, and a disk with room for one page: the marks are true all the same', async () => {
  await using bench = await openBench({ shop: tinyShop({ profiles: profiles(900) }) })
  await bench.ingest('profiles')
  for (let i = 0; i < 900; i += 90) bench.sandbox.changes().deleteResource('profile', profileId(i))
  bench.advance(HOUR_MS)
  const spoilt: readonly Fault[] = [
    { kind: 'status', status: 503 },
    { kind: 'short page', share: 0.3 },
    { kind: 'truncated', at: 0.7 },
    { kind: 'empty page' },
    { kind: 'reset', at: 0.5 },
  ]
  bench.sandbox.script(
    'get_profiles',
    Array.from({ length: 4 }, () => spoilt.flatMap((fault) => [fault, null])).flat(),
  )
  const tuning = {
    retries: { baseMs: 2, capMs: 10 },
    batches: { maxBytes: 1, commitEveryMs: 1 },
    landingMaxBytes: 1,
  }
  const run = await bench.ingest('profiles', { ...reconcile, tuning })
  expect(run.failures).toEqual([])
  expect(run.of('profiles').reconciled).toEqual({ rows: 900, marked: 10, revived: 0 })
  expect(run.of('profiles').retries).toBeGreaterThan(5)
  expect(await expectMarksTrue(bench, 'profiles')).toBe(10)
})

test('two accounts in one table: the other one’s rows are nobody’s to mark', async () => {
  await using bench = await openBench({ shop: tinyShop({ profiles: profiles(120) }), accounts: 2 })
  const other = { source: { api_key: 'pk_test_2', account: 'other' } }
  await bench.ingest('profiles')
  await bench.ingest('profiles', other)
  bench.sandbox.changes().deleteResource('profile', profileId(1))
  bench.advance(HOUR_MS)
  await bench.ingest('profiles', reconcile)
  expect(
    await query(
      bench.file,
      `select id, _sluice_account as a from k.profiles where _sluice_deleted_at is not null`,
    ),
  ).toEqual([{ id: profileId(1), a: 'shop' }])
  expect((await bench.ingest('profiles', { ...other, ...reconcile })).of('profiles').reconciled).toEqual({
    rows: 120,
    marked: 0,
    revived: 0,
  })
})

test('append: all versions of a row that is gone are marked', async () => {
  await using bench = await openBench({ shop: tinyShop({ profiles: profiles(120) }) })
  const changes = bench.sandbox.changes()
  const append = { incrementalStrategy: 'append' }
  await bench.ingest('profiles', append)
  bench.advance(HOUR_MS)
  changes.touchProfile(profileId(4))
  bench.advance(HOUR_MS)
  await bench.ingest('profiles', append)
  changes.deleteResource('profile', profileId(4))
  const run = await bench.ingest('profiles', { ...append, ...reconcile })
  expect(run.of('profiles').reconciled).toEqual({ rows: 121, marked: 2, revived: 0 })
  expect(await gone(bench, 'profiles')).toEqual([profileId(4), profileId(4)])
})

test('tables that are read whole do so by nature: said, and no error', async () => {
  await using bench = await openBench({ profiles: 20, events: 20 })
  const run = await bench.ingest('metrics,tags', reconcile)
  expect(run.failures).toEqual([])
  expect(run.of('tags').reconciled).toBeNull()
  expect(said(run, 'advice')).toMatchObject([
    { message: expect.stringMatching(/2 of the tables are read whole/) },
  ])
  const replaced = await bench.ingest('lists', { ...reconcile, incrementalStrategy: 'replace' })
  expect(said(replaced, 'advice')).toMatchObject([
    { message: expect.stringMatching(/"lists" is read whole/) },
  ])
})

test('events without an interval, and whole tables by append, are refused before anything is asked', async () => {
  await using bench = await openBench({ profiles: 20, events: 20 })
  for (const interval of [{}, { intervalStart: iso(start) }, { intervalEnd: iso(nowS) }])
    await expect(bench.ingest('events', { ...interval, ...reconcile })).rejects.toThrow(
      /reconcile looks for "events" in an interval only.*intervalStart and intervalEnd/,
    )
  await expect(bench.ingest('tags', { ...reconcile, incrementalStrategy: 'append' })).rejects.toThrow(
    /reconcile cannot be used for "tags"/,
  )
  expect(bench.sandbox.stats().total.requests).toBe(0)
})

test('an empty table costs no request for ids', async () => {
  await using bench = await openBench({ shop: tinyShop({}) })
  await bench.ingest('profiles')
  const run = await bench.ingest('profiles', reconcile)
  expect(run.of('profiles').reconciled).toEqual({ rows: 0, marked: 0, revived: 0 })
  expect(said(run, 'reconciling')).toEqual([])
})

test(
  'killed in the middle of the ids: no mark, no half of them; the next run makes them all',
  { timeout: 120_000 },
  async () => {
    buildCli()
    const seen = { pages: 0 }
    const enough = (pages: number): boolean => seen.pages >= pages
    let slowly = true
    await using bench = await openBench({
      shop: tinyShop({ profiles: profiles(2_000) }),
      onRequest: async ({ url }) => {
        if (!isOfIds(url)) return
        seen.pages += 1
        if (slowly) await setTimeout(150)
      },
    })
    await bench.ingest('profiles')
    for (let i = 0; i < 2_000; i += 100) bench.sandbox.changes().deleteResource('profile', profileId(i))
    const words = bench.words('profiles', {}, '--reconcile', '--extract-parallelism', '1')
    for (const after of [1, 6, 15]) {
      seen.pages = 0
      const { child, done } = startCli(words, { stateFolder: bench.stateFolder })
      while (!enough(after) && child.exitCode === null) await setTimeout(5)
      child.kill('SIGKILL')
      await done
      expect(await gone(bench, 'profiles')).toEqual([])
    }
    slowly = false
    const { code, stdout, stderr } = await startCli(words, { stateFolder: bench.stateFolder }).done
    expect(`${code} ${stderr}`).toMatch(/^0 /)
    expect(stderr).toMatch(/profiles: looking for 2,000 rows at Klaviyo by id/)
    expect(stderr).toMatch(/profiles: 20 of 2,000 rows did not come: looking for them a second time/)
    expect(stdout).toMatch(/profiles: 2,000 rows looked for at Klaviyo: 20 found gone\./)
    expect(await expectMarksTrue(bench, 'profiles')).toBe(20)
    expect(await bench.landed()).toEqual([])
  },
)

test('in PostgreSQL as well, and a view on the table stays', { timeout: 120_000 }, async ({ skip }) => {
  const place = await postgresPlace()
  if ('unavailable' in place) return skip(place.unavailable)
  const client = new Client({ connectionString: place.uri })
  try {
    await client.connect()
    await using bench = await openBench({ shop: tinyShop({ profiles: profiles(300), events }) })
    const into = { destUri: place.uri, destTable: 'reconciled.*' }
    await bench.ingest('profiles', into)
    await client.query(
      'create view reconciled.alive as select * from reconciled.profiles where _sluice_deleted_at is null',
    )
    const changes = bench.sandbox.changes()
    for (const i of [0, 150, 299]) changes.deleteResource('profile', profileId(i))
    const run = await bench.ingest('profiles', { ...into, ...reconcile })
    expect(run.failures).toEqual([])
    expect(run.of('profiles').reconciled).toEqual({ rows: 300, marked: 3, revived: 0 })
    expect((await client.query('select count(*)::int as n from reconciled.alive')).rows).toEqual([{ n: 297 }])
    const again = await bench.ingest('profiles', { ...into, ...reconcile })
    expect(again.of('profiles').reconciled).toEqual({ rows: 300, marked: 0, revived: 0 })
  } finally {
    await client.end()
    await place.close()
  }
})
