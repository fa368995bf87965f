import { expect, test } from 'vitest'
import { tables } from '../../src/klaviyo/catalog/catalog.ts'
import type { Fault } from '../../src/sandbox/faults.ts'
import { tinyShop } from '../sandbox/tiny-shop.ts'
import { openBench, settledShop } from './bench.ts'
import { countOf, expectTruth } from './truth.ts'

/** Waits that a test can afford; how often something is tried stays as it is. */
const quick = {
  retries: { baseMs: 2, capMs: 10 },
  timeouts: { headersMs: 200, bodyIdleMs: 2_000 },
  batches: { maxBytes: 300_000, commitEveryMs: 50 },
}
const AT_200_A_PAGE = { revision: '2025-10-15' }
const events = Array.from({ length: 1_000 }, (_, index) => ({
  timeS: Date.UTC(2025, 0, 1) / 1000 + Math.floor(index / 3) * 10,
}))

test('harsh faults on every table: as many runs as it takes, then the truth, and nothing left behind', async () => {
  await using bench = await openBench({
    shop: settledShop,
    profiles: 600,
    events: 6_000,
    faults: 'harsh',
    seed: 7,
  })
  const until = async (names: string, options: object): Promise<void> => {
    let failures: readonly string[] = ['not yet']
    for (let run = 0; failures.length > 0 && run < 4; run++) {
      const outcome = await bench.ingest(names, { tuning: quick, ...options })
      failures = outcome.failures.map(({ table, error }) => `${table}: ${String(error)}`)
      expect(JSON.stringify([outcome.events, failures])).not.toContain('pk_test')
    }
    expect(failures).toEqual([])
  }
  await until('*', {})
  await until('campaigns,flows,templates,catalog-variants', { source: AT_200_A_PAGE, destTable: 'small.*' })
  for (const { name } of tables())
    await expectTruth(bench.sandbox, bench.file, { source: name, target: `k.${name.replaceAll('-', '_')}` })
  for (const name of ['campaigns', 'flows', 'templates', 'catalog-variants'])
    await expectTruth(bench.sandbox, bench.file, {
      source: name,
      target: `small.${name.replaceAll('-', '_')}`,
    })
  expect(await bench.landed()).toEqual([])
  expect(bench.sandbox.stats().total.failed).toBeGreaterThan(20)
})

const TRANSIENT: readonly Fault[] = [
  { kind: 'status', status: 500 },
  { kind: 'status', status: 502 },
  { kind: 'status', status: 503 },
  { kind: 'status', status: 504 },
  { kind: 'status', status: 524 },
  { kind: 'challenge' },
  { kind: 'throttle', retryAfterSeconds: 0 },
  { kind: 'reset', at: 'before' },
  { kind: 'reset', at: 0.5 },
  { kind: 'truncated', at: 0.3 },
  { kind: 'hang' },
  { kind: 'slow', overMs: 400 },
  { kind: 'answer', status: 200, body: '<html>maintenance</html>', headers: { 'content-type': 'text/html' } },
  { kind: 'answer', status: 200, body: '{"data":' },
  { kind: 'answer', status: 200, body: '' },
]

test('each fault once, on every page: the run ends well and all rows are in once', async () => {
  for (const gzip of [false, true]) {
    await using bench = await openBench({ shop: tinyShop({ events }), gzip })
    bench.sandbox.script('get_events', [
      null,
      ...TRANSIENT.flatMap((fault, index) => (index % 4 === 3 ? [fault, null] : [fault])),
    ])
    const run = await bench.ingest('events', { source: AT_200_A_PAGE, tuning: quick })
    expect(run.failures).toEqual([])
    expect(run.of('events')).toMatchObject({ throttled: 1, inserted: 1_000, changed: 0 })
    expect(run.of('events').retries).toBe(TRANSIENT.length - 2)
    await expectTruth(bench.sandbox, bench.file, { source: 'events', target: 'k.events' })
  }
})

const PERMANENT: readonly Readonly<{ fault: Fault; attempts: number; says: RegExp }>[] = [
  { fault: { kind: 'status', status: 503 }, attempts: 8, says: /503/ },
  { fault: { kind: 'reset', at: 'before' }, attempts: 8, says: /reset/ },
  { fault: { kind: 'truncated', at: 0.5 }, attempts: 8, says: /body|JSON|cut/i },
  { fault: { kind: 'hang' }, attempts: 8, says: /no answer/ },
  { fault: { kind: 'throttle', retryAfterSeconds: 0 }, attempts: 5, says: /answered 5 times/ },
  { fault: { kind: 'challenge' }, attempts: 8, says: /403/ },
]

test('a fault that stays ends the table after so many attempts, with what came before it loaded', async () => {
  const tuning = { ...quick, retries: { ...quick.retries, throttles: 5 } }
  for (const { fault, attempts, says } of PERMANENT) {
    await using bench = await openBench({ shop: tinyShop({ events }) })
    const options = { source: AT_200_A_PAGE, tuning, extractParallelism: 1 }
    bench.sandbox.script('get_events', [null, null, null, ...Array.from({ length: attempts }, () => fault)])
    const run = await bench.ingest('events', options)
    expect(run.failures.length, fault.kind).toBe(1)
    const [{ error } = { error: null }] = run.failures
    expect(error, fault.kind).toMatchObject({
      fault: 'source',
      message: expect.stringMatching(says) as string,
    })
    expect(String(error)).toMatch(/run the same command again/)
    expect(bench.sandbox.stats().operations['get_events']?.requests, fault.kind).toBe(3 + attempts)
    expect(await countOf(bench.file, 'k.events'), fault.kind).toBe(600)

    const healed = await bench.ingest('events', options)
    expect(healed.of('events').requests, fault.kind).toBeLessThanOrEqual(3)
    expect(await countOf(bench.file, 'k.events'), fault.kind).toBe(1_000)
  }
})
