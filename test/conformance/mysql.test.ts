import { readFileSync } from 'node:fs'
import { createConnection } from 'mysql2/promise'
import type { Connection } from 'mysql2/promise'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestContext } from 'vitest'
import type { ColumnType } from '../../src/model/table.ts'
import { Bench, never } from './bench.ts'
import { connect } from '../../src/destinations/mysql/index.ts'
import { claims } from './claims.ts'
import { mariadbPlace } from './mariadb-place.ts'

/* What people suffer from in loads into MySQL, beyond what every destination is tested for. */

let place: Awaited<ReturnType<typeof mariadbPlace>> = { unavailable: 'not started' }
let tables = 0

beforeAll(async () => {
  place = await mariadbPlace()
})
afterAll(async () => {
  if ('uri' in place) await place.close()
})

type Ground = Readonly<{
  bench: Bench
  uri: string
  table: Readonly<{ schema: string; name: string }>
  administer: (sql: string) => Promise<void>
  certificate: string
}>

function check(name: string, work: (ground: Ground) => Promise<void>): void {
  test(name, async (context: TestContext) => {
    if ('unavailable' in place) return context.skip(place.unavailable)
    const { uri, administer, certificate } = place
    if (administer === null) return context.skip('the server that MYSQL_URL names is not ours to change')
    tables += 1
    await using bench = await Bench.open(uri, claims.mysql)
    await work({ bench, uri, administer, certificate, table: { schema: 'own mysql', name: `t${tables}` } })
  })
}

const at = '2026-01-01T00:00:00Z'
const columns = { id: 'text', at: 'timestamp' } as const
const coverage = [{ pass: '', window: { from: 0, to: 10, readAt: 100 } }]
const reader = (uri: string): Promise<Connection> => createConnection(uri)

check(
  'more columns than a row can have: one sentence, and the rows are as they were',
  async ({ bench, table }) => {
    const names = Array.from({ length: 220 }, (_, i) => `c${i}`)
    const wide = {
      columns: {
        ...columns,
        ...Object.fromEntries(names.map((name): [string, ColumnType] => [name, 'text'])),
      },
      rows: [{ id: 'b', at, ...Object.fromEntries(names.map((name) => [name, 'x'.repeat(40)])) }],
    }
    for (const mayHold of [[], null]) {
      const refused = bench.load(table, wide, { covered: coverage, mayHold })
      await expect(refused).rejects.toThrow(
        /columns take more than the 8,126 bytes of a row.*Drop columns that are not/,
      )
    }
    expect(await bench.rows(table, 'id')).toEqual([])
    expect((await bench.state(table)).coverage.size).toBe(0)
  },
)

check('an id longer than an index can hold: one sentence, and nothing of the batch is in', async (ground) => {
  const { bench, table } = ground
  const rows = [
    { id: 'short', at },
    { id: 'x'.repeat(385), at },
  ]
  for (const mayHold of [null, []]) {
    const refused = bench.load(table, { columns, rows }, { covered: coverage, mayHold })
    await expect(refused).rejects.toThrow(
      /does not fit its column .*for column 'id'.*part of a key are limited/,
    )
  }
  expect(await bench.rows(table)).toEqual([])
  expect((await bench.state(table)).coverage.size).toBe(0)
})

check('values beyond what the server takes are errors, not other values', async ({ bench, table }) => {
  const rows = [{ id: 'a', at: '290000-01-01 00:00:00Z' }]
  await expect(bench.load(table, { columns, rows })).rejects.toThrow(
    /does not fit its column .*for column 'at'.*years 1 to 9999/,
  )
  await bench.load(table, { columns, rows: [] })
  const { dialect } = bench.database
  await bench.run(`alter table ${dialect.table(table)} add column note varchar(3)`)
  const long = { columns: { ...columns, note: 'text' }, rows: [{ id: 'a', at, note: 'long' }] } as const
  await expect(bench.load(table, long)).rejects.toThrow(/does not fit its column .*'note'/)
  expect(await bench.rows(table)).toEqual([])
})

check('a text as long as a packet, and longer', async ({ bench, table }) => {
  const long = {
    columns: { ...columns, note: 'text' },
    rows: [{ id: 'a', at, note: 'x'.repeat(18_000_000) }],
  } as const
  expect(await bench.load(table, long)).toMatchObject({ inserted: 1 })
  expect(await bench.rows(table, 'length(note) as n')).toEqual([{ n: 18_000_000 }])
  expect(await bench.load(table, long)).toMatchObject({ unchanged: 1 })
})

check('a server that takes no files says so before anything is read', async ({ bench, uri, administer }) => {
  await administer('set global local_infile = off')
  await expect(connect(uri, bench.engine)).rejects.toThrow(/send "set global local_infile = on"/)
  await administer('set global local_infile = on')
})

check('a missing right is named', async ({ bench, uri, table, administer }) => {
  await bench.load(table, { columns, rows: [{ id: 'a', at }] })
  await administer(
    `create user reader@'%' identified by 'pw'; grant select, create temporary tables on *.* to reader@'%'`,
  )
  const own = new URL(uri)
  own.username = 'reader'
  own.password = 'pw'
  await using other = await Bench.open(own.href, claims.mysql)
  const refused = other.load(table, { columns, rows: [{ id: 'b', at }] })
  await expect(refused).rejects.toMatchObject({ fault: 'credentials' })
  await expect(refused).rejects.toThrow(/INSERT.* command denied to user 'reader'.*Grant the right/)
  expect(await bench.rows(table, 'id')).toEqual([{ id: 'a' }])
})

check('the rights that the docs say suffice', async ({ bench, uri, administer }) => {
  const docs = readFileSync('docs/destinations.md', 'utf8')
  const sql = /```sql\n(create database[^`]*(?:`[^`]+`[^`]*)*)```/.exec(docs)?.[1] ?? ''
  expect(sql).toContain('grant')
  await administer(sql)
  const own = new URL(uri)
  own.username = 'loader'
  own.password = 'password'
  own.pathname = '/klaviyo'
  await using other = await Bench.open(own.href, claims.mysql)
  const table = { schema: null, name: 'events' }
  const load = (id: string, refresh: boolean) =>
    other.load(table, { columns, rows: [{ id, at }] }, { refresh, covered: coverage })
  await load('a', false)
  await load('a', false)
  await other.load(table, { columns, rows: [{ id: 'a', at }] }, { strategy: 'append' })
  await load('b', true)
  const run = { startedAt: 0, demand: '', reread: [], forget: [] }
  await other.target(table).begin(run, never)
  await other.target(table, { refresh: true }).aside().complete(0, never)
  await other.target(table).end(never)
  expect(await other.rows(table, 'id')).toEqual([{ id: 'b' }])
  expect((await bench.run('select count(*) as n from `klaviyo`.`events`'))[0]).toEqual({ n: 1n })
})

check('a deadlock is gone through again', async ({ bench, uri, table }) => {
  const rows = ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id, at, n: 0n }))
  await bench.load(table, { columns: { ...columns, n: 'integer' }, rows })
  const update = (n: string, ids: string) =>
    `update ${bench.database.dialect.table(table)} set n = ${n} where _sluice_account = 'shop' and id in (${ids})`
  const other = await reader(uri)
  await other.query('set session transaction isolation level read committed')
  await other.query('begin')
  // The server gives up who has changed less.
  await other.query(update('1', `'b', 'c', 'd', 'e'`))
  let attempts = 0
  let waiting: Promise<unknown> = Promise.resolve()
  await bench.database.transaction(async (tx) => {
    attempts += 1
    await tx.run({ sql: update('n + 10', `'a'`), values: [] })
    if (attempts === 1) waiting = other.query(update('1', `'a'`)).then(() => other.commit())
    await tx.run({ sql: update('n + 10', `'b'`), values: [] })
  }, never)
  await waiting
  await other.end()
  expect(attempts).toBe(2)
  expect(await bench.rows(table, 'id, n')).toMatchObject([
    { n: 11n },
    { n: 11n },
    { n: 1n },
    { n: 1n },
    { n: 1n },
  ])
})

check(
  'a connection that is lost in a load: one sentence, nothing half done, the next run completes',
  async (ground) => {
    const { bench, uri, table, administer } = ground
    await bench.load(table, { columns, rows: [{ id: 'a', at }] }, { covered: coverage })
    const lost = bench.database.transaction(async (tx) => {
      await tx.run({ sql: `delete from ${bench.database.dialect.table(table)}`, values: [] })
      const [row] = await tx.run({ sql: 'select connection_id() as id', values: [] })
      await administer(`kill connection ${String(row?.['id'])}`)
      await tx.run({ sql: 'select 1 as n', values: [] })
    }, never)
    await expect(lost).rejects.toThrow(/The connection to "mysql:.*" was lost: .*run the same command again/)
    await expect(bench.state(table)).rejects.toThrow(/was lost/)
    await using next = await Bench.open(uri, claims.mysql)
    expect(await next.rows(table, 'id')).toEqual([{ id: 'a' }])
    expect(await next.load(table, { columns, rows: [{ id: 'b', at }] })).toMatchObject({ inserted: 1 })
  },
)

check(
  'two who load one table at once take turns, and a lock is let go with the transaction',
  async (ground) => {
    const { bench, uri, table } = ground
    await bench.load(table, { columns, rows: [] })
    await using other = await Bench.open(uri, claims.mysql)
    const load = (each: Bench, id: string) =>
      each.load(table, { columns, rows: [{ id, at }] }, { covered: coverage })
    await Promise.all(Array.from({ length: 6 }, (_, i) => load(i % 2 === 0 ? bench : other, `row ${i}`)))
    expect(await bench.rows(table, 'id')).toHaveLength(6)
    expect([...(await bench.state(table)).coverage]).toHaveLength(1)
  },
)

check('no trace of a load stays in the session', async ({ bench, table }) => {
  await bench.load(table, { columns, rows: [{ id: 'a', at }] })
  await bench.load(table, { columns, rows: [{ id: 'a', at }] })
  const [row] = await bench.run('select @@autocommit as autocommit, @@in_transaction as open')
  expect(row).toEqual({ autocommit: 1n, open: 0n })
  await expect(bench.run('select * from _sluice_stage_0')).rejects.toThrow(/doesn't exist/)
})

check('connections are encrypted, and the certificate is looked at, when the URI says so', async (ground) => {
  const { bench, uri, certificate } = ground
  const cipher = async (options: string): Promise<unknown> => {
    await using database = await connect(`${uri}${options}`, bench.engine)
    const [row] = await database.query({ sql: `show status like 'Ssl_cipher'`, values: [] })
    return row?.['Value']
  }
  expect(await cipher('')).toBe('')
  expect(await cipher('?ssl-mode=required')).toMatch(/TLS|AES|CHACHA/)
  expect(await cipher(`?ssl_ca=${certificate}`)).toMatch(/TLS|AES|CHACHA/)
  expect(await cipher(`?ssl-mode=VERIFY_CA&ssl-ca=${certificate}`)).toMatch(/TLS|AES|CHACHA/)
  for (const options of [
    '?ssl-mode=verify_ca',
    '?tls=true',
    `?ssl-mode=verify_identity&ssl_ca=${certificate}`,
  ])
    await expect(cipher(options)).rejects.toThrow(
      /certificate of server .* is not trusted: .*write "ssl-mode=required"/,
    )
  await expect(cipher('?ssl_ca=nowhere.pem')).rejects.toThrow(
    /The certificate "nowhere.pem" .* cannot be read/,
  )
})

check('a result whose connection is cut in the middle is an error, never a small result', async (ground) => {
  const { bench, administer } = ground
  const reading = await bench.place.read(
    'select connection_id() as id, seq, repeat("x", 1000) from seq_1_to_2000000',
    never,
  )
  const drain = async (): Promise<number> => {
    let rows = 0
    for await (const batch of reading.batches()) {
      if (rows === 0) await administer(`kill connection ${String(batch[0]?.[0])}`)
      rows += batch.length
    }
    return rows
  }
  await expect(drain()).rejects.toMatchObject({ code: 'connection-lost' })
  await reading[Symbol.asyncDispose]()
})
