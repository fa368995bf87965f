import { spawnSync } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { tinyShop } from '../sandbox/tiny-shop.ts'
import { openBench, settledShop } from './bench.ts'
import type { Bench } from './bench.ts'
import { buildCli, runCli, startCli } from './cli.ts'
import { countOf, expectTruth, FILES, query } from './truth.ts'

const DAY = 86_400
const WORDS = ['--interval-start', '2020-01-01', '--extract-parallelism', '4']
const lakeOf = (bench: Bench): string => join(bench.folder, 'lake')
const into = (bench: Bench): Readonly<{ destUri: string }> => ({ destUri: `parquet:///${lakeOf(bench)}` })
/** As a user reads it who has never heard of sluice. */
const read = (bench: Bench, table: string): string =>
  `read_parquet('${lakeOf(bench)}/k/${table}/**/*.parquet', hive_partitioning = true, union_by_name = true)`

beforeAll(buildCli)

test(
  'a backfill into Parquet files, killed 20 times at random moments: nothing is lost, nothing twice',
  { timeout: 180_000 },
  async () => {
    const nowS = Math.floor(Date.now() / 1000)
    const times = Array.from({ length: 20_000 }, (_, i) => nowS - 200 * DAY + Math.floor(i / 4) * 3_000)
    const random = randomFrom(20_260_801)
    await using bench = await openBench({
      shop: tinyShop({
        events: times.map((timeS) => ({ timeS })),
        profiles: times.slice(0, 2_000).map((timeS) => timeS * 1e6 + 5),
      }),
      onRequest: async () => {
        await pause(30 + random(60))
        return null
      },
    })
    const words = bench.words(
      'events,profiles',
      { revision: '2025-10-15' },
      ...WORDS,
      '--dest-uri',
      into(bench).destUri,
    )
    const run = () => startCli(words, { stateFolder: bench.stateFolder })
    for (let kills = 0; kills < 20; kills++) {
      const { child, done } = run()
      const requests = (): number => bench.sandbox.stats().total.requests
      const before = requests()
      // A third of them while it starts or loads what was left, the others while it reads and loads.
      if (kills % 3 > 0) while (requests() === before && child.exitCode === null) await pause(2)
      await pause(random(500))
      child.kill('SIGKILL')
      await done
      // Whatever was half done, who reads the folder finds no row twice.
      const files = await readdir(join(lakeOf(bench), 'k/events'), { recursive: true }).catch(() => [])
      if (files.some((name) => name.endsWith('.parquet'))) {
        const [row] = await query(
          FILES,
          `select count(*) - count(distinct id) as twice from ${read(bench, 'events')}`,
        )
        expect(row).toEqual({ twice: '0' })
      }
    }
    expect(await run().done).toMatchObject({ code: 0 })
    const events = { source: 'events', target: read(bench, 'events') }
    expect(await expectTruth(bench.sandbox, FILES, events)).toBe(20_000)
    const profiles = { source: 'profiles', target: read(bench, 'profiles') }
    expect(await expectTruth(bench.sandbox, FILES, profiles)).toBe(2_000)
    expect(await bench.landed()).toEqual([])
    const left = await readdir(join(lakeOf(bench), 'k/events/_sluice'))
    expect(left).toEqual([expect.stringMatching(/^manifest-\d+\.json$/)])
  },
)

test('every table of a shop, in files as in a database; again, with nothing new; and read anew', async () => {
  await using bench = await openBench({ shop: settledShop, events: 3_000, profiles: 200 })
  const tables = 'events,profiles,lists,campaigns,catalog-items,tags'
  expect((await bench.ingest(tables, into(bench))).failures).toEqual([])
  const compare = async (): Promise<void> => {
    for (const source of tables.split(',')) {
      const name = source.replace('-', '_')
      const folder = (await readdir(join(lakeOf(bench), 'k'))).find((each) => each.replace('-', '_') === name)
      const target = read(bench, folder ?? source)
      expect(await expectTruth(bench.sandbox, FILES, { source, target })).toBeGreaterThan(0)
    }
  }
  await compare()
  const again = await bench.ingest(tables, into(bench))
  expect(again.failures).toEqual([])
  for (const { inserted, changed, deleted } of again.result.tables)
    expect({ inserted, changed, deleted }).toEqual({ inserted: 0, changed: 0, deleted: 0 })
  expect((await bench.ingest(tables, { ...into(bench), fullRefresh: true })).failures).toEqual([])
  await compare()
})

test('two processes load two accounts into one folder at the same time', async () => {
  const nowS = Math.floor(Date.now() / 1000)
  const events = Array.from({ length: 4_000 }, (_, index) => ({ timeS: nowS - 100 * DAY + index * 2_000 }))
  await using bench = await openBench({ shop: tinyShop({ events }), accounts: 2 })
  const runs = [
    { api_key: 'pk_test', account: 'first' },
    { api_key: 'pk_test_2', account: 'second' },
  ].map((source) =>
    runCli(
      bench.words('events', source, '--interval-start', '2020-01-01', '--dest-uri', into(bench).destUri),
      {
        stateFolder: join(bench.folder, source.account),
      },
    ),
  )
  for (const { code, stderr } of await Promise.all(runs)) expect(code, stderr).toBe(0)
  expect(await countOf(FILES, read(bench, 'events'))).toBe(8_000)
  for (const [account, name] of [
    [1, 'first'],
    [2, 'second'],
  ] as const) {
    const where = `_sluice_account = '${name}' and sluice_account = '${name}'`
    const truth = { source: 'events', target: read(bench, 'events'), account, where }
    expect(await expectTruth(bench.sandbox, FILES, truth)).toBe(4_000)
  }
})

const PANDAS = `
import json, sys, pandas
frame = pandas.read_parquet(sys.argv[1], dtype_backend="pyarrow")
for row in frame.to_dict("records"):
    print(json.dumps({k: None if v is pandas.NA or v is None or v is pandas.NaT else str(v) for k, v in row.items()}))
`

test('pandas and pyarrow read the same rows as DuckDB', async (context) => {
  const python = process.env['SLUICE_PYTHON'] ?? 'python3'
  const probe = spawnSync(python, ['-c', 'import pandas, pyarrow'], { encoding: 'utf8' })
  if (probe.status !== 0)
    return context.skip(`"${python}" has no pandas and pyarrow here; name one that has in SLUICE_PYTHON`)
  await using bench = await openBench({ shop: settledShop, events: 2_000, profiles: 100 })
  expect((await bench.ingest('events,profiles,catalog-items', into(bench))).failures).toEqual([])
  for (const table of await readdir(join(lakeOf(bench), 'k'))) {
    const { stdout, stderr } = spawnSync(python, ['-c', PANDAS, join(lakeOf(bench), 'k', table)], {
      encoding: 'utf8',
      maxBuffer: 1e9,
    })
    expect(stderr).toBe('')
    const theirs = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, string | null>)
    const ours = await query(FILES, `select * from ${read(bench, table)}`)
    expect(new Map(theirs.map((row) => [row['id'], plain(row)]))).toEqual(
      new Map(ours.map((row) => [row['id'], plain(row)])),
    )
    expect(theirs).toHaveLength(ours.length)
  }
})

/** Booleans, whole doubles and instants are spelled otherwise in Python. */
const plain = (row: Readonly<Record<string, string | null>>): Record<string, string | null> =>
  Object.fromEntries(
    Object.entries(row).map(([name, text]) => [
      name,
      text
        ?.replace(/^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(\.\d+?)?0*\+00(:00)?$/, '$1$2')
        .replace(/^(-?\d+)\.0$/, '$1')
        .toLowerCase() ?? null,
    ]),
  )

const pause = (ms: number): Promise<void> => new Promise((wake) => setTimeout(wake, ms))

/** A linear congruential generator: the same seed kills at about the same moments. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return (state >>> 8) % below
  }
}
