import { expect, test } from 'vitest'
import { tables } from '../../src/klaviyo/catalog/catalog.ts'
import { openBench } from './bench.ts'
import type { Bench, BenchRun } from './bench.ts'
import { countOf, expectTruth, query } from './truth.ts'

/** The tables that a Klaviyo user of other tools knows. */
const FIFTEEN =
  'events,profiles,campaigns,metrics,tags,coupons,catalog-variants,catalog-categories,catalog-items,flows,lists,images,segments,forms,templates'

const targetOf = (name: string): string => `k.${name.replaceAll('-', '_')}`
const failed = (run: BenchRun): readonly string[] =>
  run.failures.map(({ table, error }) => `${table}: ${String(error)}`)

/** Every row of the tables with its times, so that a run that touches one shows. */
async function contents(bench: Bench, names: readonly string[]): Promise<Record<string, string>> {
  const hashes = await Promise.all(
    names.map(async (name) => {
      const [row] = await query(
        bench.file,
        `select count(*) as n, bit_xor(hash(t)) as h, max(_sluice_synced_at) as at from ${targetOf(name)} as t`,
      )
      return [name, `${row?.['n']} ${row?.['h']} ${row?.['at']}`] as const
    }),
  )
  return Object.fromEntries(hashes)
}

test('the fifteen tables: every row and column; the second run changes nothing and asks once a stream', async () => {
  await using bench = await openBench({ profiles: 1_000, events: 6_000 })
  const names = FIFTEEN.split(',')
  const first = await bench.ingest(FIFTEEN)
  expect(failed(first)).toEqual([])
  for (const name of names) {
    const rows = await expectTruth(bench.sandbox, bench.file, { source: name, target: targetOf(name) })
    expect(rows, name).toBeGreaterThan(10)
    expect(first.of(name), name).toMatchObject({ inserted: rows, changed: 0 })
  }
  // Archived campaigns and flows and hidden images come by passes of their own.
  expect(await countOf(bench.file, 'k.campaigns', 'archived')).toBeGreaterThan(0)
  const channels = await query(bench.file, `select count(distinct send_options) as n from k.campaigns`)
  expect(Number(channels[0]?.['n'])).toBeGreaterThan(1)
  expect(await countOf(bench.file, 'k.flows', 'archived')).toBeGreaterThan(0)
  expect(await countOf(bench.file, 'k.images', 'hidden')).toBeGreaterThan(0)

  const before = await contents(bench, names)
  bench.advance(2_000)
  const second = await bench.ingest(FIFTEEN, { lookback: '0' })
  expect(failed(second)).toEqual([])
  expect(await contents(bench, names)).toEqual(before)
  for (const table of tables().filter(({ name }) => names.includes(name))) {
    const result = second.of(table.name)
    expect(result, table.name).toMatchObject({ inserted: 0, changed: 0, deleted: 0 })
    if (table.cursor !== null) expect(result.requests, table.name).toBe(table.passes.length)
  }

  bench.advance(2_000)
  const third = await bench.ingest(FIFTEEN)
  expect(failed(third)).toEqual([])
  expect(await contents(bench, names)).toEqual(before)
})

test('every table of the catalog, each column of it, and again', async () => {
  await using bench = await openBench({ profiles: 500, events: 2_000 })
  const names = tables().map(({ name }) => name)
  const first = await bench.ingest('*')
  expect(failed(first)).toEqual([])
  const empty: string[] = []
  for (const name of names) {
    const rows = await expectTruth(bench.sandbox, bench.file, { source: name, target: targetOf(name) })
    if (rows === 0) empty.push(name)
  }
  expect(empty).toEqual([])
  const before = await contents(bench, names)
  const second = await bench.ingest('*')
  expect(failed(second)).toEqual([])
  expect(await contents(bench, names)).toEqual(before)
  expect(await bench.landed()).toEqual([])
})
