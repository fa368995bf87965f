import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { createServer as createWebServer } from 'node:http'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildCli } from '../scenarios/cli.ts'
import { query } from '../scenarios/truth.ts'
import { expectRefusal, openPlace } from './place.ts'
import type { Place } from './place.ts'

let place: Place

beforeAll(async () => {
  buildCli()
  place = await openPlace()
})
afterAll(() => place[Symbol.asyncDispose]())

/** An ingest of lists, with the source or the destination that is to be tried. */
const lists = (
  changes: Readonly<{ source?: string; dest?: string; table?: string; more?: readonly string[] }>,
) => [
  'ingest',
  `--source-uri=${changes.source ?? place.source('pk_test', '&account=shop')}`,
  `--source-table=${changes.table ?? 'lists'}`,
  `--dest-uri=${changes.dest ?? 'duckdb:///new.duckdb'}`,
  '--dest-table=k.*',
  ...(changes.more ?? []),
]

async function unusedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => void server.close(resolve))
  return port
}

describe('a source that says no, or nothing: no file is made', () => {
  test.each([
    [
      'a key that Klaviyo does not know',
      'pk_wrong0123',
      '',
      { code: 3, says: 'Klaviyo does not accept the API key. Check that it is a private key' },
    ],
    [
      'the same for an account with a name',
      'pk_wrong0123',
      '&account=shop',
      { code: 3, says: 'Klaviyo does not accept the API key of account "shop".' },
    ],
    [
      'a key without the scope',
      'pk_test_no_scopes',
      '',
      { code: 3, says: 'The API key may not read table "lists": it needs the scope "lists:read".' },
    ],
    [
      'a revision that is over',
      'pk_test',
      '&revision=2023-01-15',
      { code: 2, says: /revision "2023-01-15".*Leave the revision out/ },
    ],
    [
      'a revision to come',
      'pk_test',
      '&revision=2999-01-15',
      { code: 2, says: /revision "2999-01-15".*Leave the revision out/ },
    ],
  ])('%s', async (_, key, more, refusal) => {
    const before = await place.files()
    expectRefusal(await place.run(lists({ source: place.source(key, more) })), refusal)
    expect(await place.files()).toEqual(before)
  })

  test.each(['', '&account=shop'])(
    'a wrong key is told once, before anything is announced (%s)',
    async (more) => {
      place.sandbox.resetStats()
      const { stdout, stderr, code } = await place.run(
        lists({ source: place.source('pk_wrong0123', more), table: 'lists,tags,flows' }),
      )
      expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
      expect(stderr).toMatch(/^Klaviyo does not accept the API key[^\n]*\n$/)
      expect(place.sandbox.stats().total.requests).toBe(1)
    },
  )

  test('one table refused and one read: what failed is named, the other is in', async () => {
    const dest = 'duckdb:///partly.duckdb'
    const key = place.source('pk_test_events_only', '&account=shop')
    const { code, stdout, stderr } = await place.run(
      lists({ source: key, dest, table: 'lists,events', more: ['--interval-start', '2024-01-01'] }),
    )
    expect(code).toBe(1)
    expect(stdout).toMatch(/^events +\d/m)
    expect(stderr).toMatch(
      /^lists: The API key of account "shop" may not read table "lists": it needs the scope "lists:read"\./m,
    )
    expect(stderr.trimEnd().split('\n').at(-1)).toBe(
      '1 of 2 tables is in. For the others alone: --source-table lists',
    )
    expect(
      Number(
        (await query(join(place.folder, 'partly.duckdb'), 'select count(*) as n from k.events'))[0]?.['n'],
      ),
    ).toBeGreaterThan(0)
  })

  test('an address where nobody listens, within seconds', async () => {
    const source = `klaviyo://?api_key=pk_test&base_url=http://127.0.0.1:${await unusedPort()}`
    const startedAt = performance.now()
    expectRefusal(await place.run(lists({ source })), {
      code: 1,
      says: /^"http:\/\/127\.0\.0\.1:\d+" cannot be reached: the connection was refused .* that a sandbox is running if one is meant\.$/,
    })
    expect(performance.now() - startedAt).toBeLessThan(8_000)
  })

  test('a host that does not exist', async () => {
    const source = 'klaviyo://?api_key=pk_test&base_url=https://klaviyo.invalid'
    expectRefusal(await place.run(lists({ source })), {
      code: 1,
      says: /^"https:\/\/klaviyo\.invalid" cannot be reached: the host name .*Check the network/,
    })
  })

  test('https where http is spoken', async () => {
    const source = place.source().replace('http:', 'https:')
    expectRefusal(await place.run(lists({ source })), {
      code: 1,
      says: 'write "http://" instead of "https://" in base_url.',
    })
  })

  test('something that is not Klaviyo', async () => {
    const web = createWebServer((_, response) => {
      response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Nothing here</h1>')
    })
    await new Promise<void>((resolve) => void web.listen(0, '127.0.0.1', resolve))
    const { port } = web.address() as AddressInfo
    const source = `klaviyo://?api_key=pk_test&base_url=http://127.0.0.1:${port}`
    expectRefusal(await place.run(lists({ source })), {
      code: 2,
      says: "is not Klaviyo's API (status 404, no JSON). Check base_url.",
    })
    await new Promise((resolve) => void web.close(resolve))
  })

  test('no file was made by any of these', async () => {
    expect(Object.keys(await place.files())).toEqual(['partly.duckdb'])
  })
})

describe('a destination that cannot take it: Klaviyo is asked for no rows, and it stays as it was', () => {
  /** Runs it, and holds the folder and Klaviyo's count of requests for lists against what they were. */
  async function refused(
    dest: string,
    refusal: Parameters<typeof expectRefusal>[1],
    more?: readonly string[],
  ) {
    const before = await place.files()
    place.sandbox.resetStats()
    expectRefusal(await place.run(lists({ dest, ...(more === undefined ? {} : { more }) })), refusal)
    expect(await place.files()).toEqual(before)
    expect(place.sandbox.stats().operations['get_lists']).toBeUndefined()
  }

  test('a folder that is not there', () =>
    refused('duckdb:///nowhere/shop.duckdb', {
      code: 1,
      says: /The directory ".*nowhere" of ".*shop.duckdb" does not exist\. Make it first\./,
    }))

  test('a folder in place of a file', async () => {
    await mkdir(join(place.folder, 'folder'))
    await refused('duckdb:///folder', { code: 1, says: 'is a directory. Name a file in it.' })
  })

  test('a file in place of a folder', async () => {
    await writeFile(join(place.folder, 'notes.txt'), 'hello')
    await refused('duckdb:///notes.txt/shop.duckdb', {
      code: 1,
      says: /notes\.txt" is a file, so .* cannot be in it/,
    })
  })

  test('a file that is no DuckDB', () =>
    refused('duckdb:///notes.txt', {
      code: 1,
      says: 'exists, but is not a DuckDB database. Choose another file.',
    }))

  test.skipIf(process.getuid?.() === 0)('a file that may not be written (root may)', async () => {
    await place.make('read-only.duckdb', 'create table t (i int)')
    await chmod(join(place.folder, 'read-only.duckdb'), 0o444)
    await refused('duckdb:///read-only.duckdb', { code: 1, says: 'cannot be written: permission denied' })
  })

  test('a file that another process holds', async () => {
    const hold = `const { DuckDBInstance } = await import('@duckdb/node-api')
      globalThis.held = await DuckDBInstance.create(process.argv[1])
      process.stdout.write('held')
      setInterval(() => {}, 1_000)`
    const holder = spawn(process.execPath, [
      '--input-type=module',
      '--eval',
      hold,
      join(place.folder, 'held.duckdb'),
    ])
    await once(holder.stdout, 'data')
    await refused('duckdb:///held.duckdb', { code: 1, says: `is in use by process ${holder.pid} ` })
    holder.kill()
    await once(holder, 'close')
  })

  test.each([[[]], [['--full-refresh']], [['--incremental-strategy', 'append']]])(
    'a table with a column of another type, %j',
    async (more) => {
      const name = `typed-${more.length}.duckdb`
      await place.make(
        name,
        `create schema k; create table k.lists (id varchar, _sluice_account varchar, updated timestamptz, created date); insert into k.lists values ('a', 'other', null, null)`,
      )
      await refused(
        `duckdb:///${name}`,
        {
          code: 1,
          says: 'Column "created" of table "k.lists" is DATE, but the data needs TIMESTAMP WITH TIME ZONE. Nothing was changed',
        },
        more,
      )
      expect(
        await query(
          join(place.folder, name),
          "select distinct schema_name as name from duckdb_schemas() where not internal and database_name not in ('system', 'temp') order by 1",
        ),
      ).toEqual([{ name: 'k' }])
    },
  )

  test('a table of somebody else', async () => {
    await place.make('foreign.duckdb', 'create schema k; create table k.lists (id varchar, name varchar)')
    await refused('duckdb:///foreign.duckdb', { code: 1, says: 'so it was not made by sluice' })
  })

  test('a view of that name', async () => {
    await place.make('view.duckdb', 'create schema k; create view k.lists as select 1 as id')
    await refused('duckdb:///view.duckdb', { code: 1, says: '"k.lists" is a view, not a table.' })
  })

  test('a server that is not there; no password is shown', async () => {
    const dest = `postgresql://me:secret@127.0.0.1:${await unusedPort()}/shop`
    await refused(dest, { code: 1, says: 'cannot be reached' })
  })

  test('a folder for landed pages that cannot be made', async () => {
    const before = await place.files()
    const result = await place.run(lists({}), { stateFolder: join(place.folder, 'notes.txt', 'state') })
    expectRefusal(result, { code: 2, says: 'or set SLUICE_STATE_DIR to one that is.' })
    expect(await place.files()).toEqual(before)
  })
})

test('a port that is taken', async () => {
  expectRefusal(await place.run(['sandbox', '--port', String(place.sandbox.port)]), {
    code: 2,
    says: `Port ${place.sandbox.port} is in use. Choose another with --port, or 0 for any free one.`,
  })
})
