import { afterAll, beforeAll, expect, test } from 'vitest'
import { Client } from 'pg'
import { postgresPlace } from '../conformance/postgres-place.ts'
import { tinyShop } from '../sandbox/tiny-shop.ts'
import { openBench } from './bench.ts'
import type { Bench } from './bench.ts'
import { buildCli, runCli, startCli } from './cli.ts'

type Opened = Awaited<ReturnType<typeof postgresPlace>>
let place: Opened = { unavailable: 'not started' }

beforeAll(async () => {
  buildCli()
  place = await postgresPlace()
})
afterAll(async () => {
  if (!('unavailable' in place)) await place.close()
})

const ROWS = 9_000
const start = Date.UTC(2025, 0, 1) / 1000
const events = Array.from({ length: ROWS }, (_, index) => ({ timeS: start + Math.floor(index / 130) * 600 }))
const interval = [
  '--interval-start',
  '2024-12-31',
  '--interval-end',
  '2025-03-01',
  '--extract-parallelism',
  '4',
]

async function ask(uri: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: uri })
  await client.connect()
  try {
    return (await client.query(sql)).rows as Record<string, unknown>[]
  } finally {
    await client.end()
  }
}

const words = (bench: Bench, uri: string, ...more: string[]): readonly string[] =>
  bench
    .words('events', { revision: '2025-10-15' }, ...interval, ...more)
    .map((word) => (word.startsWith('duckdb:') ? uri : word))

const truth = (bench: Bench): readonly string[] =>
  [...bench.sandbox.truth('events')].map((text) => (JSON.parse(text) as { id: string }).id).toSorted()

test(
  'PostgreSQL: killed a dozen times; a reader beside a refresh never sees half of it',
  { timeout: 120_000 },
  async (context) => {
    if ('unavailable' in place) return context.skip(place.unavailable)
    const { uri } = place
    await using bench = await openBench({ shop: tinyShop({ events }), latencyMs: 60 })
    for (let kill = 0; kill < 12; kill++) {
      const run = startCli(words(bench, uri), bench)
      await new Promise((wake) => setTimeout(wake, 250 + ((kill * 137) % 600)))
      run.child.kill('SIGKILL')
      await run.done
    }
    expect(await runCli(words(bench, uri), bench)).toMatchObject({ code: 0 })
    const ids = async (): Promise<readonly unknown[]> =>
      (await ask(uri, 'select id from k.events order by id collate "C"')).map(({ id }) => id)
    expect(await ids()).toEqual(truth(bench))
    expect(await bench.landed()).toEqual([])

    for (let i = 0; i < 3_000; i++)
      bench.sandbox.changes().deleteResource('event', bench.sandbox.shop().events.id(i * 3))
    const refresh = startCli(words(bench, uri, '--full-refresh'), bench)
    const seen = new Set<unknown>()
    while (refresh.child.exitCode === null) {
      seen.add((await ask(uri, 'select count(*)::int as n from k.events'))[0]?.['n'])
      await new Promise((wake) => setTimeout(wake, 10))
    }
    expect((await refresh.done).code).toBe(0)
    expect([...seen, ROWS - 3_000].filter((n) => n !== ROWS && n !== ROWS - 3_000)).toEqual([])
    expect(await ids()).toEqual(truth(bench))
  },
)

test('PostgreSQL: a connection that the server cuts is said to be lost, and the next run goes on', async (context) => {
  if ('unavailable' in place) return context.skip(place.unavailable)
  const { uri } = place
  await using bench = await openBench({ shop: tinyShop({ events }), latencyMs: 60 })
  const target = ['--dest-table', 'k.cut']
  const run = startCli([...words(bench, uri), ...target], bench)
  await run.says('reading from')
  while (run.child.exitCode === null) {
    await ask(
      uri,
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'sluice' and datname = current_database()",
    )
    await new Promise((wake) => setTimeout(wake, 50))
  }
  const { code, stderr } = await run.done
  expect(code).toBe(1)
  expect(stderr.trimEnd().split('\n').at(-1)).toMatch(
    /^The connection to "postgresql:[^"]*" was lost: .* run the same command again\.$/,
  )
  expect((await runCli([...words(bench, uri), ...target], bench)).code).toBe(0)
  expect((await ask(uri, 'select count(*)::int as n from k.cut'))[0]).toEqual({ n: ROWS })
})

test('PostgreSQL: two runs on one table at once: the second is told who has it', async (context) => {
  if ('unavailable' in place) return context.skip(place.unavailable)
  const { uri } = place
  await using bench = await openBench({ shop: tinyShop({ events }), latencyMs: 100 })
  const target = ['--dest-table', 'k.both']
  const first = startCli([...words(bench, uri), ...target], bench)
  while (bench.sandbox.stats().total.requests < 4) await new Promise((wake) => setTimeout(wake, 5))
  const second = await runCli([...words(bench, uri), ...target], bench)
  expect(second.code).toBe(2)
  expect(second.stderr).toMatch(/Process \d+ is loading table "k.both"/)
  expect((await first.done).code).toBe(0)
  expect((await ask(uri, 'select count(*)::int as n from k.both'))[0]).toEqual({ n: ROWS })
})
