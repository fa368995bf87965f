import { expect, test } from 'vitest'
import { tinyShop } from '../sandbox/tiny-shop.ts'
import { openBench } from './bench.ts'
import { countOf, expectTruth } from './truth.ts'

const nowS = Math.floor(Date.now() / 1000)

test('rows on window edges, ties longer than a page, microseconds: nothing lost, nothing twice', async () => {
  const edge = Date.UTC(2025, 0, 1) / 1000
  await using bench = await openBench({
    shop: tinyShop({
      events: [
        ...Array.from({ length: 2_500 }, () => ({ timeS: edge })),
        ...Array.from({ length: 1_500 }, (_, index) => ({ timeS: edge - 5_000 + index })),
        ...Array.from({ length: 1_500 }, (_, index) => ({ timeS: edge + 1 + index })),
        { timeS: nowS + 86_400 * 30 },
      ].sort((a, b) => a.timeS - b.timeS),
      profiles: Array.from(
        { length: 350 },
        (_, index) => (edge + Math.floor(index / 150)) * 1e6 + (index % 3) * 250_000,
      ),
    }),
  })
  await bench.ingest('events,profiles', { intervalStart: '2024-12-31', intervalEnd: '2025-01-01' })
  expect(await countOf(bench.file, 'k.events')).toBe(1_500)
  expect(await countOf(bench.file, 'k.profiles')).toBe(0)

  await bench.ingest('events,profiles', { intervalStart: '2025-01-01' })
  expect(await expectTruth(bench.sandbox, bench.file, { source: 'events', target: 'k.events' })).toBe(5_501)
  expect(await expectTruth(bench.sandbox, bench.file, { source: 'profiles', target: 'k.profiles' })).toBe(350)

  bench.advance(2_000) // within the second that was covered last there is nothing to ask for
  const again = await bench.ingest('events,profiles', { lookback: '0' })
  expect(again.of('events')).toMatchObject({ inserted: 0, changed: 0, requests: 1 })
  expect(again.of('profiles')).toMatchObject({ rows: 0, inserted: 0, changed: 0, requests: 1 })
})
