import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { estimate } from '../../src/app.ts'
import type { EstimateOutcome } from '../../src/app.ts'
import type { Resource } from '../../src/sandbox/index.ts'
import type { EstimateOptions } from '../../src/sync/estimate/estimate-options.ts'
import type { TableEstimate } from '../../src/sync/estimate/estimate.ts'
import { tinyShop } from '../sandbox/tiny-shop.ts'
import { openBench } from '../scenarios/bench.ts'
import type { Bench } from '../scenarios/bench.ts'

const DAY = 86_400
const nowS = Math.floor(Date.now() / 1000)

const ask = (
  bench: Bench,
  sourceTable: string,
  { key = 'pk_test', ...more }: Partial<EstimateOptions> & Readonly<{ key?: string }> = {},
): Promise<EstimateOutcome> =>
  estimate({
    sourceUri: `klaviyo://?api_key=${key}&base_url=${bench.sandbox.url}&account=shop`,
    sourceTable,
    destTable: 'k.*',
    stateFolder: bench.stateFolder,
    env: {},
    ...more,
  })

function only({ estimate: { tables }, failures }: EstimateOutcome): TableEstimate {
  const [table] = tables
  if (table === undefined) throw new Error(String(failures[0]?.error))
  return table
}

/** Four years of a shop that has grown tenfold, sleeps at night and sells four times as much in December. */
function skewedTimes(count: number): readonly number[] {
  const times: number[] = []
  let due = 0
  const hours = 4 * 365 * 24
  const weight = (hour: number): number => {
    const at = new Date((nowS - (hours - hour) * 3_600) * 1000)
    const season = at.getUTCMonth() === 11 ? 4 : 1
    return 10 ** (hour / hours) * season * (at.getUTCHours() < 7 ? 0.2 : 1.4)
  }
  const weights = Array.from({ length: hours }, (_, hour) => weight(hour))
  const scale = count / weights.reduce((sum, each) => sum + each, 0)
  for (const [hour, each] of weights.entries()) {
    const before = Math.floor(due)
    due += each * scale
    const fresh = Math.floor(due) - before
    for (let n = 0; n < fresh; n++)
      times.push(nowS - (hours - hour) * 3_600 + Math.floor((n * 3_600) / fresh))
  }
  return times
}

const tags = (count: number): readonly Resource[] =>
  Array.from({ length: count }, (_, index) => ({
    type: 'tag',
    id: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    attributes: { name: `tag ${index}` },
    relationships: {},
  }))

describe('an estimate', () => {
  test('of skewed events is near the truth, with few requests and none refused', async () => {
    const times = skewedTimes(40_000)
    await using bench = await openBench({
      limits: 'real',
      shop: tinyShop({ events: times.map((timeS) => ({ timeS })) }),
    })
    const outcome = await ask(bench, 'events')
    const table = only(outcome)
    const { total } = bench.sandbox.stats()
    expect(total.requests).toBeLessThanOrEqual(25)
    expect(total.requests).toBe(table.looks)
    expect(total.throttled).toBe(0)
    expect(table.rows.certainty).toBe('about')
    expect(Math.abs(table.rows.count - times.length) / times.length).toBeLessThan(0.25)
    expect(Math.abs(table.rows.count - times.length)).toBeLessThan(table.rows.margin ?? 0)

    bench.sandbox.resetStats()
    const run = await bench.ingest('events')
    expect(run.of('events').rows).toBe(times.length)
    expect(Math.abs(table.requests - run.of('events').requests) / run.of('events').requests).toBeLessThan(0.5)
  })

  test('of small tables is exact, and costs a page for each', async () => {
    await using bench = await openBench({
      limits: 'real',
      shop: tinyShop({
        events: Array.from({ length: 700 }, (_, index) => ({ timeS: nowS - index * DAY })),
        profiles: Array.from({ length: 90 }, (_, index) => (nowS - index * 3_600) * 1e6),
        resources: tags(30),
      }),
    })
    const { estimate: found, failures } = await ask(bench, 'events,profiles,tags')
    expect(failures).toEqual([])
    expect(found.tables.map(({ table, rows, pages, looks }) => [table, rows, pages, looks])).toEqual([
      ['events', { count: 700, certainty: 'exact', margin: 0 }, 1, 1],
      ['profiles', { count: 90, certainty: 'exact', margin: 0 }, 1, 1],
      ['tags', { count: 30, certainty: 'exact', margin: 0 }, 1, 1],
    ])
    expect(found).toMatchObject({ rows: { count: 820, certainty: 'exact' }, requests: 3, looks: 3 })
    const week = only(
      await ask(bench, 'events', { intervalStart: new Date((nowS - 7 * DAY) * 1000).toISOString() }),
    )
    expect(week.rows.count).toBe(8)
  })

  test('counts what the destination lacks, and leaves it as it was', async () => {
    await using bench = await openBench({
      shop: tinyShop({
        events: Array.from({ length: 2_500 }, (_, index) => ({ timeS: nowS - 60 - index * 3_600 })),
        resources: tags(180),
      }),
    })
    const destUri = `duckdb:///${bench.file}`
    const before = await ask(bench, 'events,tags', { destUri })
    expect(existsSync(bench.file)).toBe(false)
    expect(before.estimate.tables.map(({ rows }) => rows.certainty)).toEqual(['about', 'at least'])

    await bench.ingest('events,tags')
    const contents = (): string => createHash('sha256').update(readFileSync(bench.file)).digest('hex')
    const loaded = contents()
    const after = await ask(bench, 'events,tags', { destUri, lookback: '0' })
    expect(after.failures).toEqual([])
    expect(after.estimate.tables[0]).toMatchObject({
      rows: { count: 0, certainty: 'exact' },
      requests: 1,
      looks: 1,
    })
    expect(after.estimate.tables[1]?.rows).toEqual({ count: 180, certainty: 'about', margin: null })
    // The default lookback reads a week of one event an hour once more.
    expect(only(await ask(bench, 'events', { destUri })).rows.count).toBe(168)
    expect(only(await ask(bench, 'events', { destUri, fullRefresh: true })).rows.count).toBeGreaterThan(2_000)
    expect(contents()).toBe(loaded)
    expect(readdirSync(bench.folder).filter((name) => name.startsWith('shop'))).toEqual(['shop.duckdb'])
    expect(existsSync(join(bench.stateFolder, 'landing'))).toBe(true)
  })

  test('of one table that fails does not stop the others', async () => {
    await using bench = await openBench({
      shop: tinyShop({ events: [{ timeS: nowS - DAY }, { timeS: nowS + DAY }] }),
    })
    const { estimate: found, failures } = await ask(bench, 'events,tags', { key: 'pk_test_events_only' })
    expect(found.tables.map(({ table, rows }) => [table, rows.count])).toEqual([['events', 2]])
    expect(failures.map(({ table }) => table)).toEqual(['tags'])
    expect(String(failures[0]?.error)).toContain('tags:read')
  })

  test('follows tables that cannot be looked into the middle of', async () => {
    await using bench = await openBench({ events: 10, profiles: 10 })
    const { estimate: found } = await ask(bench, 'lists,segments,campaigns')
    const run = await bench.ingest('lists,segments,campaigns')
    expect(found.tables.map(({ table, rows, pages }) => [table, rows.certainty, rows.count, pages])).toEqual(
      run.result.tables.map(({ table, rows, pages }) => [table, 'exact', rows, pages]),
    )
    expect(bench.sandbox.stats().operations['get_campaigns']?.requests).toBeLessThanOrEqual(40)
  })

  test('of a table read by its parents counts their pages as well', async () => {
    await using bench = await openBench({ events: 10, profiles: 10 })
    const codes = only(await ask(bench, 'coupon-codes'))
    const coupons = only(await ask(bench, 'coupons'))
    expect(codes.requests).toBe(codes.pages + coupons.pages)
    // One handful of coupons has more pages of codes than are followed.
    expect(codes.rows).toEqual({ count: 300, certainty: 'at least', margin: null })
    const run = await bench.ingest('coupon-codes')
    expect(run.of('coupon-codes').rows).toBeGreaterThan(codes.rows.count)
    expect(run.of('coupon-codes').requests).toBeGreaterThan(codes.requests)
    const destUri = `duckdb:///${bench.file}`
    const next = only(await ask(bench, 'coupon-codes', { destUri }))
    expect(next.pages).toBe(run.of('coupon-codes').pages)
  })
})
