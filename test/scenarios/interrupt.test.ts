import { beforeAll, expect, test } from 'vitest'
import { tinyShop } from '../sandbox/tiny-shop.ts'
import { openBench } from './bench.ts'
import type { Bench } from './bench.ts'
import { buildCli, runCli, startCli } from './cli.ts'
import { countOf, expectTruth } from './truth.ts'

const events = Array.from({ length: 6_000 }, (_, index) => ({
  timeS: Date.UTC(2025, 0, 1) / 1000 + Math.floor(index / 7) * 30,
}))
const slow = { shop: tinyShop({ events }), latencyMs: 40 }
const words = (bench: Bench): readonly string[] =>
  bench.words(
    'events',
    { revision: '2025-10-15' },
    '--interval-start',
    '2025-01-01',
    '--interval-end',
    '2025-01-01T10:00',
    '--extract-parallelism',
    '2',
  )

beforeAll(buildCli)

async function requests(bench: Bench, count: number): Promise<void> {
  while (bench.sandbox.stats().total.requests < count) await new Promise((wake) => setTimeout(wake, 5))
}

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s once: it ends in order, says so, and goes on from there',
  async (signal) => {
    await using bench = await openBench(slow)
    const run = startCli(words(bench), bench)
    await requests(bench, 8)
    run.child.kill(signal)
    const stopped = await run.done
    expect(stopped).toMatchObject({ code: 130, signal: null })
    expect(stopped.stderr).toMatch(/Press Ctrl-C again to stop at once/)
    expect(stopped.stderr).toMatch(/What was loaded is kept; run the same command again/)
    expect(stopped.stdout + stopped.stderr).not.toContain('pk_test')

    const again = await runCli(words(bench), bench)
    expect(again.code).toBe(0)
    // Stopped before the destination had noted that it began, it has what landed all the same.
    expect(again.stderr).toMatch(/going on where the last run stopped|pages already on disk loaded/)
    expect(await expectTruth(bench.sandbox, bench.file, { source: 'events', target: 'k.events' })).toBe(6_000)
    expect(bench.sandbox.stats().total.requests).toBeLessThanOrEqual(6_000 / 200 + 6)
    expect(await bench.landed()).toEqual([])
  },
)

test('SIGINT twice: it ends at once, and what was begun is finished by the same words', async () => {
  await using bench = await openBench({ ...slow, latencyMs: 150 })
  const run = startCli(words(bench), bench)
  await requests(bench, 3)
  run.child.kill('SIGINT')
  await run.says('Press Ctrl-C again')
  run.child.kill('SIGINT')
  const at = Date.now()
  expect(await run.done).toMatchObject({ code: 130 })
  expect(Date.now() - at).toBeLessThan(1_000)
  const again = await runCli(words(bench), bench)
  expect(again.code).toBe(0)
  expect(await countOf(bench.file, 'k.events')).toBe(6_000)
  expect(await bench.landed()).toEqual([])
})

const WAITS = [
  ['says nothing', { kind: 'hang' }],
  ['wants a long wait', { kind: 'throttle', retryAfterSeconds: 60 }],
  ['fails', { kind: 'status', status: 503 }],
] as const

test.each(WAITS)('while a server %s, one SIGINT still ends it soon', async (_, fault) => {
  await using bench = await openBench({ ...slow, onRequest: () => fault })
  const run = startCli(words(bench), bench)
  await requests(bench, 1)
  const at = Date.now()
  run.child.kill('SIGINT')
  expect(await run.done).toMatchObject({ code: 130 })
  expect(Date.now() - at).toBeLessThan(2_000)
  expect(await bench.landed()).toEqual([])
})
