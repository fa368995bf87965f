import { writeFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { eventId, profileId, tinyShop } from '../sandbox/tiny-shop.ts'
import { openBench } from './bench.ts'
import type { Bench, BenchOptions, BenchRun } from './bench.ts'
import { countOf, expectTruth, query } from './truth.ts'

const PROFILES = 2_000
const HOUR_MS = 3_600_000
const startS = Math.floor(Date.now() / 1000) - 100 * 86_400
const shop = tinyShop({
  profiles: Array.from({ length: PROFILES }, (_, index) => (startS + index * 60) * 1e6),
  // Within the lookback, so that no coverage of it is for good.
  events: Array.from({ length: PROFILES }, (_, index) => ({ timeS: startS + 97 * 86_400 + index * 60 })),
})
/** One window: what is left on disk is what comes next. */
const steps: BenchOptions = {
  source: { revision: '2025-10-15' },
  intervalStart: '2020-01-01',
  extractParallelism: 1,
}
const truth = { source: 'profiles', target: 'k.profiles' }

/** Requests that are answered; the others wait. */
const gate = { open: Infinity }
const gated = {
  shop,
  onRequest: async () => {
    while (gate.open <= 0) await sleep(5)
    gate.open -= 1
    return null
  },
}

/** Stops a run that has loaded some pages and landed more; what has landed stays where it is, as after a kill. */
async function stopped(bench: Bench, table: string, options: BenchOptions = {}): Promise<void> {
  const stop = new AbortController()
  // The first asks whose key it is.
  gate.open = 1 + 8
  let received = 0
  const { failures } = await bench.ingest(table, {
    ...steps,
    tuning: { batches: { maxBytes: 150_000, commitEveryMs: 60_000 } },
    signal: stop.signal,
    onEvent: ({ type }) => {
      if (type !== 'page received') return
      received += 1
      if (received === 8) setTimeout(() => stop.abort(), 200)
    },
    ...options,
  })
  gate.open = Infinity
  expect(failures.length).toBe(1)
  expect((await bench.landed()).filter((file) => /\d\.json$/.test(file)).length).toBeGreaterThan(0)
}

const planOf = (run: BenchRun): unknown => run.events.find(({ type }) => type === 'table planned')

function change(bench: Bench): void {
  for (let i = 0; i < PROFILES; i += 7) {
    if (i % 2 === 0) bench.sandbox.changes().deleteResource('profile', profileId(i))
    else bench.sandbox.changes().upsertProfile(profileId(i), { first_name: 'changed' })
  }
}

test('a stopped refresh does not go on over a run that has loaded the table since: it begins anew', async () => {
  await using bench = await openBench(gated)
  expect((await bench.ingest('profiles', steps)).failures).toEqual([])
  await stopped(bench, 'profiles', { fullRefresh: true })
  bench.advance(2_000)
  expect((await bench.ingest('profiles', { source: steps.source ?? {} })).failures).toEqual([])
  expect(await bench.landed()).toEqual([])
  bench.advance(2_000)
  change(bench)
  bench.advance(2_000)
  const anew = await bench.ingest('profiles', { ...steps, fullRefresh: true })
  expect(anew.failures).toEqual([])
  expect(planOf(anew)).toMatchObject({ plan: { resumed: false, replayedPages: 0 } })
  await expectTruth(bench.sandbox, bench.file, truth)
  expect(await bench.landed()).toEqual([])
})

test('nor after a day', async () => {
  await using bench = await openBench(gated)
  expect((await bench.ingest('profiles', steps)).failures).toEqual([])
  await stopped(bench, 'profiles', { fullRefresh: true })
  change(bench)
  bench.advance(25 * HOUR_MS)
  const anew = await bench.ingest('profiles', { ...steps, fullRefresh: true })
  expect(planOf(anew)).toMatchObject({ plan: { resumed: false, replayedPages: 0 } })
  await expectTruth(bench.sandbox, bench.file, truth)
})

test('within the day and undisturbed it goes on with what it has', async () => {
  await using bench = await openBench(gated)
  expect((await bench.ingest('profiles', steps)).failures).toEqual([])
  await stopped(bench, 'profiles', { fullRefresh: true })
  bench.advance(HOUR_MS)
  const again = await bench.ingest('profiles', { ...steps, fullRefresh: true })
  expect(planOf(again)).toMatchObject({
    plan: { resumed: true, replayedPages: expect.any(Number) as number },
  })
  await expectTruth(bench.sandbox, bench.file, truth)
})

test.each(['merge', 'append', 'delete+insert'])(
  '%s: pages of a stopped run are not loaded once another run has read that time, on whatever machine',
  async (incrementalStrategy) => {
    await using bench = await openBench(gated)
    // Before anything was loaded: what was loaded nobody takes back.
    const nothing = { batches: { maxBytes: 1e9, commitEveryMs: 60_000 } }
    await stopped(bench, 'events', { incrementalStrategy, tuning: nothing })
    for (let i = 0; i < PROFILES; i += 2) bench.sandbox.changes().deleteResource('event', eventId(i))
    bench.advance(2_000)
    const elsewhere = join(bench.folder, 'elsewhere')
    const other = { ...steps, incrementalStrategy, intervalStart: '2019-01-01' }
    expect((await bench.ingest('events', { ...other, stateFolder: elsewhere })).failures).toEqual([])
    bench.advance(2_000)
    expect((await bench.ingest('events', { ...steps, incrementalStrategy })).failures).toEqual([])
    const truth = { source: 'events', target: 'k.events' }
    expect(await expectTruth(bench.sandbox, bench.file, truth)).toBe(PROFILES / 2)
    expect(await bench.landed()).toEqual([])
  },
)

test('a day after the stop its pages are read anew', async () => {
  await using bench = await openBench(gated)
  await stopped(bench, 'events')
  const before = await countOf(bench.file, 'k.events')
  for (let i = 0; i < PROFILES; i++) bench.sandbox.changes().deleteResource('event', eventId(i))
  bench.advance(25 * HOUR_MS)
  const again = await bench.ingest('events', steps)
  expect(planOf(again)).toMatchObject({ plan: { replayedPages: 0 } })
  expect(await countOf(bench.file, 'k.events')).toBe(before)
  expect(await bench.landed()).toEqual([])
})

test.each([
  ['a refresh', {}, { fullRefresh: true }],
  ['a plain run', { fullRefresh: true }, {}],
  ['a reload', { fullRefresh: true }, { reload: true }],
  ['another strategy', { incrementalStrategy: 'append' }, { incrementalStrategy: 'replace' }],
] as const)('after %s nothing is left on disk of what was stopped before', async (_, first, second) => {
  await using bench = await openBench(gated)
  await stopped(bench, 'profiles', first)
  bench.advance(2_000)
  expect((await bench.ingest('profiles', { ...steps, ...second })).failures).toEqual([])
  expect(await bench.landed()).toEqual([])
  expect((await readdir(join(bench.stateFolder, 'scratch'))).toSorted()).toEqual([])
  await expectTruth(bench.sandbox, bench.file, truth)
  const words = await query(bench.file, 'select demand from _sluice.unfinished_runs')
  expect(words).toEqual([])
})

test('a page that cannot be loaded is set aside, read anew and told of', async () => {
  await using bench = await openBench(gated)
  await stopped(bench, 'events')
  const pages = (await bench.landed()).filter((file) => /\d\.json$/.test(file)).toSorted()
  for (const page of pages)
    writeFileSync(page, 'x'.repeat(Number(/_(\d+)_\d+_\d+_[0-9a-f]{8}_/.exec(page)?.[1])))
  const again = await bench.ingest('events', steps)
  expect(again.failures.map(({ error }) => String(error))).toEqual([])
  const folder = join(bench.stateFolder, 'quarantine')
  expect(again.events.filter(({ type }) => type === 'pages set aside')).toMatchObject([
    { type: 'pages set aside', table: 'events', pages: 1, folder: expect.stringContaining(folder) as string },
  ])
  expect((await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.json'))).toHaveLength(
    1,
  )
  expect(await expectTruth(bench.sandbox, bench.file, { source: 'events', target: 'k.events' })).toBe(
    PROFILES,
  )
  expect(await bench.landed()).toEqual([])
})
