import { setTimeout as pause } from 'node:timers/promises'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestContext } from 'vitest'
import { Bench, never } from './bench.ts'
import { claims } from './claims.ts'
import type { Place } from './claims.ts'
import { pgBouncerPlace } from './pgbouncer.ts'
import { postgresPlace } from './postgres-place.ts'

let direct: Place = { unavailable: 'not started' }
let pooled: Place = { unavailable: 'not started' }

/** As administrators of other countries set them, and as nobody should. */
const settings = {
  timezone: 'Asia/Kolkata',
  datestyle: 'German, DMY',
  extra_float_digits: '0',
  default_transaction_isolation: 'serializable',
  standard_conforming_strings: 'off',
  intervalstyle: 'iso_8601',
  bytea_output: 'escape',
}

beforeAll(async () => {
  direct = await postgresPlace()
  if ('uri' in direct) {
    await using other = await Other.connect(direct.uri)
    const [{ name } = { name: '' }] = await other.ask('select current_database() as name')
    for (const [setting, value] of Object.entries(settings))
      await other.ask(`alter database "${String(name)}" set ${setting} = '${value}'`)
  }
  pooled = 'unavailable' in direct ? direct : await pgBouncerPlace(direct.uri)
})
afterAll(async () => {
  for (const place of [pooled, direct]) if ('uri' in place) await place.close()
})

const places: Readonly<Record<string, () => Place>> = {
  PostgreSQL: () => direct,
  'PostgreSQL behind a PgBouncer in transaction mode': () => pooled,
}
const target = { schema: 'k', name: 't' }
const columns = { id: 'text', at: 'timestamp', n: 'decimal' } as const
const row = { id: 'a', at: '2026-01-31T12:00:00.5Z', n: 0.1 + 0.2 }
const covered = [{ pass: '', window: { from: 0, to: 10, readAt: 10 } }]

type Ground = Readonly<{ bench: Bench; other: Other; uri: string }>

describe.each(Object.entries(places))('%s', (_, placeOf) => {
  /** A test with an empty database, and with another session of the server itself, whatever is in front of it. */
  const withOther =
    (work: (ground: Ground) => Promise<void>) =>
    async (context: TestContext): Promise<void> => {
      const place = placeOf()
      if ('unavailable' in place) return context.skip(place.unavailable)
      if ('unavailable' in direct) return context.skip(direct.unavailable)
      await using other = await Other.connect(direct.uri)
      await other.ask('drop schema if exists k, _sluice cascade')
      await using bench = await Bench.open(place.uri, claims.postgresql)
      await work({ bench, other, uri: place.uri })
    }

  test(
    "values are spelled the same whatever the database's own settings are",
    withOther(async ({ bench, other, uri }) => {
      // A pool hands the connection on, with what was set for it.
      await using neighbour = await Other.connect(uri)
      for (const [setting, value] of Object.entries(settings))
        await neighbour.ask(`set ${setting} = '${value}'`)
      await other.ask(`create schema k; create table k.t
(id text, at timestamptz, seen text, n text, _sluice_account text, _sluice_synced_at timestamptz)`)
      const rows = [{ ...row, id: String.raw`it's \ a`, seen: row.at }]
      await bench.load(target, { columns: { ...columns, seen: 'timestamp' }, rows }, { covered })
      const epoch = 'extract(epoch from at)::text'
      expect(await other.ask(`select id, ${epoch} as at, seen, n from k.t`)).toEqual([
        {
          id: String.raw`it's \ a`,
          at: '1769860800.500000',
          seen: '2026-01-31 12:00:00.5+00',
          n: '0.30000000000000004',
        },
      ])
      expect((await bench.state(target)).coverage.size).toBe(1)

      const query = `select at, n::float8, interval '26 hours', '\\x4a'::bytea from k.t`
      await using read = await bench.place.read(query, never)
      const all = []
      for await (const batch of read.batches()) all.push(...batch)
      expect(all).toEqual([['2026-01-31T12:00:00.500000Z', row.n, '26:00:00', String.raw`\x4a`]])
    }),
  )

  const ours = 'id text, at timestamptz, n float8, _sluice_account text, _sluice_synced_at timestamptz'
  const older = { columns: { id: 'text', at: 'timestamp' }, rows: [{ id: 'b', at: row.at }] } as const
  for (const [what, there, change] of [
    ['makes the schema', 'nothing', 'create schema k'],
    ['makes the table', 'schema', `create table k.t (${ours})`],
    ['adds the column', 'table', 'alter table k.t add column n float8'],
  ] as const)
    test(
      `another session ${what} at the same moment, and commits`,
      withOther(async ({ bench, other }) => {
        if (there === 'schema') await other.ask('create schema k')
        if (there === 'table') await bench.load(target, older)
        await other.ask('begin')
        await other.ask(change)
        const loading = bench.load(target, { columns, rows: [row] }, { covered })
        await Promise.race([loading, other.until(`wait_event_type = 'Lock'`)])
        await other.ask('commit')
        expect(await loading).toMatchObject({ inserted: 1 })
        expect(await other.ask(`select id from k.t where n = float8 '${row.n}'`)).toEqual([{ id: 'a' }])
      }),
    )

  test(
    'a statement is given up at the server when the run is stopped',
    withOther(async ({ bench, other }) => {
      const stop = new AbortController()
      const statement = { sql: claims.postgresql.slowQuery, values: [] }
      const running = bench.database.transaction((tx) => tx.run(statement), stop.signal)
      const isAsleep = `state = 'active' and query like '%pg_sleep%'`
      await other.until(isAsleep)
      const stoppedAt = performance.now()
      stop.abort(new Error('stopped'))
      await expect(running).rejects.toThrow('stopped')
      // It would sleep for ten seconds.
      expect(performance.now() - stoppedAt).toBeLessThan(5_000)
      expect(await other.sees(isAsleep)).toBe(false)
    }),
  )
})

/** Another session of the server. */
class Other implements AsyncDisposable {
  readonly #client: Client

  private constructor(client: Client) {
    this.#client = client
  }

  static async connect(uri: string): Promise<Other> {
    const client = new Client({ connectionString: uri })
    await client.connect()
    return new Other(client)
  }

  async ask(sql: string): Promise<Record<string, unknown>[]> {
    return (await this.#client.query(sql)).rows as Record<string, unknown>[]
  }

  /** Whether there is a session besides this one of which that holds. */
  async sees(condition: string): Promise<boolean> {
    const found = await this.ask(
      `select 1 from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database() and ${condition}`,
    )
    return found.length > 0
  }

  async until(condition: string): Promise<void> {
    while (!(await this.sees(condition))) await pause(10)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.end()
  }
}
