import { createConnection } from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Client } from 'pg'
import type { Place } from '../conformance/claims.ts'
import { mariadbPlace } from '../conformance/mariadb-place.ts'
import { postgresPlace } from '../conformance/postgres-place.ts'
import { tinyShop } from '../sandbox/tiny-shop.ts'
import { openBench } from './bench.ts'
import type { Bench } from './bench.ts'
import { buildCli, runCli, startCli } from './cli.ts'

type Rows = readonly Readonly<Record<string, unknown>>[]

const askPostgres = async (uri: string, sql: string): Promise<Rows> => {
  const client = new Client({ connectionString: uri })
  await client.connect()
  try {
    return (await client.query(sql)).rows as Rows
  } finally {
    await client.end()
  }
}

const askMariadb = async (uri: string, sql: string): Promise<Rows> => {
  const connection = await createConnection(uri)
  try {
    return (await connection.query(sql))[0] as Rows
  } finally {
    await connection.end()
  }
}

/** Databases behind a server: how one is found here, and how a reader of its own asks it. */
const servers: Readonly<
  Record<
    string,
    Readonly<{
      open: () => Promise<Place>
      ask: (uri: string, sql: string) => Promise<Rows>
      /** Cuts the connections of others in the same database. */
      cut: (uri: string) => Promise<unknown>
    }>
  >
> = {
  PostgreSQL: {
    open: postgresPlace,
    ask: askPostgres,
    cut: (uri) =>
      askPostgres(
        uri,
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'sluice' and datname = current_database()",
      ),
  },
  MariaDB: {
    open: mariadbPlace,
    ask: askMariadb,
    cut: async (uri) => {
      const others =
        'select id from information_schema.processlist where db = database() and id <> connection_id()'
      for (const { id } of await askMariadb(uri, others))
        // Gone already, it cannot be cut.
        await askMariadb(uri, `kill connection ${String(id)}`).catch(() => undefined)
    },
  },
}

beforeAll(buildCli)

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

const words = (bench: Bench, uri: string, ...more: string[]): readonly string[] =>
  bench
    .words('events', { revision: '2025-10-15' }, ...interval, ...more)
    .map((word) => (word.startsWith('duckdb:') ? uri : word))

const truth = (bench: Bench): readonly string[] =>
  [...bench.sandbox.truth('events')].map((text) => (JSON.parse(text) as { id: string }).id).toSorted()

describe.each(Object.entries(servers))('%s', (_, { open, ask, cut }) => {
  let place: Place = { unavailable: 'not started' }
  beforeAll(async () => {
    place = await open()
  })
  afterAll(async () => {
    if ('uri' in place) await place.close()
  })
  const count = async (uri: string, table: string): Promise<number> =>
    Number((await ask(uri, `select count(*) as n from ${table}`))[0]?.['n'])

  test(
    'killed a dozen times; a reader beside a refresh never sees half of it',
    { timeout: 180_000 },
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
      const ids = async (): Promise<readonly string[]> =>
        (await ask(uri, 'select id from k.events')).map(({ id }) => String(id)).toSorted()
      expect(await ids()).toEqual(truth(bench))
      // One that was killed while it made its folder has not said whose it is; it is empty, and goes by its age.
      expect((await bench.landed()).filter((file) => !file.endsWith('/owner'))).toEqual([])

      for (let i = 0; i < 3_000; i++)
        bench.sandbox.changes().deleteResource('event', bench.sandbox.shop().events.id(i * 3))
      const refresh = startCli(words(bench, uri, '--full-refresh'), bench)
      const seen = new Set<number>()
      while (refresh.child.exitCode === null) {
        seen.add(await count(uri, 'k.events'))
        await new Promise((wake) => setTimeout(wake, 10))
      }
      expect((await refresh.done).code).toBe(0)
      expect([...seen, ROWS - 3_000].filter((n) => n !== ROWS && n !== ROWS - 3_000)).toEqual([])
      expect(await ids()).toEqual(truth(bench))
    },
  )

  test('a connection that the server cuts is said to be lost, and the next run goes on', async (context) => {
    if ('unavailable' in place) return context.skip(place.unavailable)
    const { uri } = place
    await using bench = await openBench({ shop: tinyShop({ events }), latencyMs: 60 })
    const target = ['--dest-table', 'k.cut']
    const run = startCli([...words(bench, uri), ...target], bench)
    await run.says('reading from')
    while (run.child.exitCode === null) {
      await cut(uri)
      await new Promise((wake) => setTimeout(wake, 50))
    }
    const { code, stderr } = await run.done
    expect(code).toBe(1)
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(
      /^The connection to "[a-z]+:[^"]*" was lost: .* run the same command again\.$/,
    )
    expect((await runCli([...words(bench, uri), ...target], bench)).code).toBe(0)
    expect(await count(uri, 'k.cut')).toBe(ROWS)
  })

  test('two runs on one table at once: the second is told who has it', async (context) => {
    if ('unavailable' in place) return context.skip(place.unavailable)
    const { uri } = place
    await using bench = await openBench({ shop: tinyShop({ events }), latencyMs: 100 })
    const target = ['--dest-table', 'k.two']
    const first = startCli([...words(bench, uri), ...target], bench)
    while (bench.sandbox.stats().total.requests < 4) await new Promise((wake) => setTimeout(wake, 5))
    const second = await runCli([...words(bench, uri), ...target], bench)
    expect(second.code).toBe(2)
    expect(second.stderr).toMatch(/Process \d+ is loading table "k.two"/)
    expect((await first.done).code).toBe(0)
    expect(await count(uri, 'k.two')).toBe(ROWS)
  })
})
