import { copyFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tinyShop } from '../sandbox/tiny-shop.ts'
import { openBench } from './bench.ts'
import type { Bench } from './bench.ts'
import { countOf, expectTruth } from './truth.ts'

const AT_200_A_PAGE = { revision: '2025-10-15' }
const ROWS = 9_000
/** Nearly every page ends in the middle of a second. */
const events = Array.from({ length: ROWS }, (_, index) => ({
  timeS: Date.UTC(2025, 0, 1) / 1000 + Math.floor(index / 150) * 1_000,
}))
const slow = { shop: tinyShop({ events }), latencyMs: 10 }
const interval = { intervalStart: '2024-12-01', intervalEnd: '2025-03-01', extractParallelism: 1 }

/**
 * Stops a run when it has committed so often and received two pages more; what has landed by then stays where it
 * is, as after a kill.
 */
async function stopAfterCommits(bench: Bench, commits: number, options: object = {}): Promise<void> {
  const controller = new AbortController()
  let left = commits
  let since = 0
  const { failures } = await bench.ingest('events', {
    ...interval,
    source: AT_200_A_PAGE,
    tuning: { batches: { maxBytes: 400_000, commitEveryMs: 10_000 } },
    signal: controller.signal,
    onEvent: ({ type }) => {
      if (type === 'batch committed') {
        left -= 1
        since = 0
      }
      if (type === 'page received') since += 1
      if (left <= 0 && since === 2) controller.abort()
    },
    ...options,
  })
  expect(failures.length).toBe(1)
  expect((await pagesLeft(bench)).length).toBeGreaterThan(0)
}

const pagesLeft = async (bench: Bench): Promise<readonly string[]> =>
  (await bench.landed()).filter((file) => /\d\.json$/.test(file))

const again = (bench: Bench, options: object = {}) =>
  bench.ingest('events', { ...interval, source: AT_200_A_PAGE, ...options })

test('pages that a stopped run left are loaded, not asked for again', async () => {
  await using bench = await openBench(slow)
  await stopAfterCommits(bench, 3)
  const loaded = await countOf(bench.file, 'k.events')
  const asked = bench.sandbox.stats().total.requests
  const run = await again(bench)
  expect(run.events.find(({ type }) => type === 'table planned')).toMatchObject({
    plan: { resumed: true, replayedPages: expect.any(Number) as number },
  })
  expect(run.of('events').inserted).toBe(ROWS - loaded)
  expect(asked + run.of('events').requests).toBeLessThanOrEqual(ROWS / 200 + 2)
  expect(await expectTruth(bench.sandbox, bench.file, { source: 'events', target: 'k.events' })).toBe(ROWS)
  expect(await bench.landed()).toEqual([])
})

test('when the database is gone, no page is trusted to follow those that were loaded into it', async () => {
  await using bench = await openBench(slow)
  await stopAfterCommits(bench, 2)
  await rm(bench.file)
  await again(bench)
  expect(await expectTruth(bench.sandbox, bench.file, { source: 'events', target: 'k.events' })).toBe(ROWS)
  expect(await bench.landed()).toEqual([])
})

test('the same when a backup has taken its place', async () => {
  await using bench = await openBench(slow)
  await stopAfterCommits(bench, 2)
  const backup = join(bench.folder, 'backup')
  await copyFile(bench.file, backup)
  await stopAfterCommits(bench, 3)
  await copyFile(backup, bench.file)
  await again(bench)
  expect(await expectTruth(bench.sandbox, bench.file, { source: 'events', target: 'k.events' })).toBe(ROWS)
})

test('a page that a kill cut short is read anew; strange files do not matter', async () => {
  await using bench = await openBench(slow)
  await stopAfterCommits(bench, 2)
  const [first = ''] = (await pagesLeft(bench)).toSorted()
  await writeFile(first, '{"data":[')
  await writeFile(`${first}.part`, 'not ours')
  await writeFile(join(first, '..', '..', 'stray'), 'not ours')
  const run = await again(bench)
  expect(run.failures).toEqual([])
  expect(await expectTruth(bench.sandbox, bench.file, { source: 'events', target: 'k.events' })).toBe(ROWS)
})

test('a page whose bytes the disk has spoilt is read anew', async () => {
  await using bench = await openBench(slow)
  await stopAfterCommits(bench, 2)
  for (const page of await pagesLeft(bench)) {
    const { size } = await stat(page)
    await writeFile(page, `{"data":[${'x'.repeat(size - 9)}`)
  }
  expect((await again(bench)).failures.map(({ error }) => String(error))).toEqual([])
  expect(await expectTruth(bench.sandbox, bench.file, { source: 'events', target: 'k.events' })).toBe(ROWS)
  expect(await bench.landed()).toEqual([])
})

test('other words than those of the stopped run use its pages too, and complete both wishes', async () => {
  await using bench = await openBench(slow)
  await stopAfterCommits(bench, 2)
  await again(bench, { intervalStart: '2025-01-01', intervalEnd: '2025-01-01T12:00:00' })
  expect(await bench.landed()).toEqual([])
  await again(bench)
  expect(await expectTruth(bench.sandbox, bench.file, { source: 'events', target: 'k.events' })).toBe(ROWS)
})

test('pages of two stopped runs of different strategies: each row once', async () => {
  await using bench = await openBench(slow)
  await stopAfterCommits(bench, 2)
  await stopAfterCommits(bench, 2, { incrementalStrategy: 'append' })
  await again(bench, { incrementalStrategy: 'delete+insert' })
  expect(await expectTruth(bench.sandbox, bench.file, { source: 'events', target: 'k.events' })).toBe(ROWS)
  expect(await readdir(bench.stateFolder, { recursive: true })).not.toContain(
    expect.stringContaining('.json'),
  )
})
