import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tinyShop } from '../sandbox/tiny-shop.ts'
import { openBench } from './bench.ts'
import { expectTruth } from './truth.ts'

const events = Array.from({ length: 6_000 }, (_, index) => ({
  timeS: Date.UTC(2025, 0, 1) / 1000 + Math.floor(index / 10) * 30,
}))

test('when the loader falls behind, reading waits: what has landed stays within its bound', async () => {
  await using bench = await openBench({ shop: tinyShop({ events }) })
  const PARALLEL = 6
  const BOUND = 1_000_000
  let pageBytes = 0
  let most = 0
  const run = await bench.ingest('events', {
    source: { revision: '2025-10-15' },
    extractParallelism: PARALLEL,
    tuning: { landingMaxBytes: BOUND, batches: { maxBytes: 1, commitEveryMs: 1 } },
    onEvent: (event) => {
      if (event.type !== 'page received') return
      pageBytes = Math.max(pageBytes, event.bytes)
      most = Math.max(most, bytesIn(bench.stateFolder))
    },
  })
  expect(run.failures).toEqual([])
  expect(await expectTruth(bench.sandbox, bench.file, { source: 'events', target: 'k.events' })).toBe(6_000)
  // It was reached, or nothing has been shown.
  expect(most).toBeGreaterThanOrEqual(BOUND)
  expect(most).toBeLessThanOrEqual(BOUND + PARALLEL * pageBytes)
})

/** Bytes of page files. */
function bytesIn(folder: string): number {
  let sum = 0
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\d\.json$/.test(entry.name)) continue
    try {
      sum += statSync(join(entry.parentPath, entry.name)).size
    } catch {
      // Loaded and deleted since it was listed.
    }
  }
  return sum
}

test('a bound that is smaller than a page lets one through at a time', async () => {
  await using bench = await openBench({ shop: tinyShop({ events: events.slice(0, 1_600) }) })
  const run = await bench.ingest('events', {
    source: { revision: '2025-10-15' },
    tuning: { landingMaxBytes: 1, batches: { maxBytes: 1, commitEveryMs: 1 } },
  })
  expect(run.failures).toEqual([])
  await expectTruth(bench.sandbox, bench.file, { source: 'events', target: 'k.events' })
})
