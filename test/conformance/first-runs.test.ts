import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Client } from 'pg'
import { tinyShop } from '../sandbox/tiny-shop.ts'
import { openBench } from '../scenarios/bench.ts'
import type { Bench } from '../scenarios/bench.ts'
import { buildCli, runCli } from '../scenarios/cli.ts'
import { Bench as TableBench, never } from './bench.ts'
import { claims } from './claims.ts'
import { pgBouncerPlace } from './pgbouncer.ts'
import { postgresPlace } from './postgres-place.ts'

/** Rounds of eight processes, each a few seconds on two cores; SLUICE_ROUNDS=40 is the long version. */
const ROUNDS = Number(process.env['SLUICE_ROUNDS'] ?? 1)
const ROUND_MS = 60_000
/** Rounds of eight connections of one process: milliseconds apart, where processes are seconds apart. */
const CLOSE_ROUNDS = 5 * ROUNDS
const CONNECTIONS = 8

type Place = Awaited<ReturnType<typeof postgresPlace>>
let direct: Place = { unavailable: 'not started' }
let pooled: Place = { unavailable: 'not started' }

beforeAll(async () => {
  buildCli()
  direct = await postgresPlace()
  pooled = 'unavailable' in direct ? direct : await pgBouncerPlace(direct.uri)
})
afterAll(async () => {
  for (const place of [pooled, direct]) if (!('unavailable' in place)) await place.close()
})

const start = Date.UTC(2025, 0, 1) / 1000
const resource = (type: string, i: number) => ({
  type,
  id: `${type}${i}`,
  attributes: {
    name: `${i}`,
    created: '2025-01-01T00:00:00+00:00',
    updated: `2025-01-${10 + i}T00:00:00+00:00`,
    updated_at: `2025-01-${10 + i}T00:00:00+00:00`,
    hidden: false,
    archived: false,
  },
  relationships: {},
})
const TYPES = ['list', 'segment', 'template', 'image', 'form', 'metric']
const TABLES = ['events', 'profiles', ...TYPES.map((type) => `${type}s`)]
const shop = tinyShop({
  events: Array.from({ length: 12 }, (_, index) => ({ timeS: start + index * 60 })),
  profiles: Array.from({ length: 12 }, (_, index) => (start + index) * 1e6),
  resources: TYPES.flatMap((type) => Array.from({ length: 12 }, (_, index) => resource(type, index))),
})

const places: Readonly<Record<string, () => Place>> = {
  PostgreSQL: () => direct,
  'PostgreSQL behind a PgBouncer in transaction mode': () => pooled,
}

describe.each(Object.entries(places))('first runs into %s', (_, placeOf) => {
  test(
    `eight at once, a table each, into an empty database, ${ROUNDS} times`,
    { timeout: ROUNDS * ROUND_MS },
    async (context) => {
      const place = placeOf()
      if ('unavailable' in place) return context.skip(place.unavailable)
      await using bench = await openBench({ shop })
      for (let round = 0; round < ROUNDS; round++) {
        await ask(place.uri, 'drop schema if exists k, _sluice cascade')
        await allWell(
          TABLES.map((table) => words(bench, place.uri, table)),
          bench,
        )
        for (const table of TABLES) expect(await countOf(place.uri, `k.${table}`), table).toBe(12)
        expect(await ask(place.uri, 'select store_version from _sluice.meta')).toHaveLength(1)
      }
    },
  )

  test(
    `four accounts at once into one new table, and then all with the same new columns, ${ROUNDS} times`,
    { timeout: ROUNDS * 2 * ROUND_MS },
    async (context) => {
      const place = placeOf()
      if ('unavailable' in place) return context.skip(place.unavailable)
      await using bench = await openBench({ shop, accounts: 4 })
      const runs = [1, 2, 3, 4].map((account) => words(bench, place.uri, 'events,metrics', account))
      const count = (where: string): Promise<unknown> => countOf(place.uri, 'k.events', where)
      for (let round = 0; round < ROUNDS; round++) {
        await ask(place.uri, 'drop schema if exists k, _sluice cascade')
        await allWell(runs, bench)
        expect([await count('true'), await countOf(place.uri, 'k.metrics')]).toEqual([48, 48])
        await ask(place.uri, 'alter table k.events drop column uuid, drop column profile_id')
        await ask(place.uri, 'truncate _sluice.coverage')
        await allWell(runs, bench)
        expect(await count('uuid is not null and profile_id is not null')).toBe(48)
      }
    },
  )

  test(
    `${CONNECTIONS} connections that begin at the same moment, ${CLOSE_ROUNDS} times`,
    { timeout: 120_000 },
    async (context) => {
      const place = placeOf()
      if ('unavailable' in place) return context.skip(place.unavailable)
      const opening = Array.from({ length: CONNECTIONS }, () => TableBench.open(place.uri, claims.postgresql))
      const benches = await Promise.all(opening)
      for (let round = 0; round < CLOSE_ROUNDS; round++) {
        await ask(place.uri, 'drop schema if exists k, _sluice cascade')
        await Promise.all(benches.map((each, n) => beginAndLoad(each, n)))
        expect(await countOf(place.uri, 'k.together', 'later is not null'), `round ${round}`).toBe(
          CONNECTIONS,
        )
        for (const [n] of benches.entries()) expect(await countOf(place.uri, `k.t${n}`)).toBe(1)
      }
      for (const bench of benches) await bench[Symbol.asyncDispose]()
    },
  )
})

/** A table of its own, with or without a note of the run first, and one that all share and all add a column to. */
async function beginAndLoad(bench: TableBench, n: number): Promise<void> {
  const account = `shop${n}`
  const columns = { id: 'text', at: 'timestamp' } as const
  const row = { id: 'a', at: '2026-01-01T00:00:00Z' }
  const rows = { columns, rows: [row], account }
  const wider = { columns: { ...columns, later: 'text' }, rows: [{ ...row, later: 'x' }], account } as const
  const own = { schema: 'k', name: `t${n}` }
  const covered = [{ pass: '', window: { from: 0, to: 10, readAt: 10 } }]
  if (n % 2 === 0)
    await bench.target(own, { account }).begin({ startedAt: 1, demand: '{}', reread: [], forget: [] }, never)
  await bench.load(own, rows, n % 2 === 0 ? { account, covered } : { account, cursorColumn: null })
  const together = { schema: 'k', name: 'together' }
  await bench.load(together, rows, { account, covered })
  await bench.load(together, wider, { account, covered })
}

const words = (bench: Bench, uri: string, table: string, account = 1): readonly string[] =>
  bench
    .words(table, { api_key: account === 1 ? 'pk_test' : `pk_test_${account}`, account: `shop${account}` })
    .map((word) => (word.startsWith('duckdb:') ? uri : word))

async function allWell(runs: readonly (readonly string[])[], bench: Bench): Promise<void> {
  const results = await Promise.all(runs.map((run) => runCli(run, bench)))
  expect(results.filter(({ code }) => code !== 0).map(({ stderr }) => stderr)).toEqual([])
}

async function countOf(uri: string, table: string, where = 'true'): Promise<unknown> {
  return (await ask(uri, `select count(*)::int as n from ${table} where ${where}`))[0]?.['n']
}

async function ask(uri: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: uri })
  await client.connect()
  try {
    return (await client.query(sql)).rows as Record<string, unknown>[]
  } finally {
    await client.end()
  }
}
