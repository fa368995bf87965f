import { expect, test } from 'vitest'
import type { Resource } from '../../src/sandbox/index.ts'
import { tinyShop } from '../sandbox/tiny-shop.ts'
import { openBench } from './bench.ts'
import { edgesOf } from './coverage.ts'
import { countOf, expectTruth } from './truth.ts'

/** A cursor that Klaviyo gave and does not know any more. */
const refused = {
  kind: 'answer',
  status: 400,
  headers: { 'content-type': 'application/vnd.api+json' },
  body: JSON.stringify({
    errors: [
      {
        id: 'x',
        status: 400,
        code: 'invalid',
        title: 'Invalid input.',
        detail: 'Invalid cursor provided.',
        source: { pointer: '/data/' },
      },
    ],
  }),
} as const

const AT_200_A_PAGE = { revision: '2025-10-15' }
const alone = { source: AT_200_A_PAGE, extractParallelism: 1 }
const start = Date.UTC(2025, 0, 1) / 1000
/** Seven rows share each second, so pages end in the middle of one. */
const events = Array.from({ length: 1_500 }, (_, index) => ({ timeS: start + Math.floor(index / 7) * 10 }))
const times = (count: number) => Array.from({ length: count }, () => [null, refused]).flat()

test('refused once, or after every page, the rest of a window is asked for anew', async () => {
  for (const [script, count] of [
    [[null, null, refused], 1],
    [times(8), 7],
  ] as const) {
    await using bench = await openBench({ shop: tinyShop({ events }) })
    bench.sandbox.script('get_events', script)
    const run = await bench.ingest('events', alone)
    expect(run.failures).toEqual([])
    expect(run.of('events')).toMatchObject({ refusedLinks: count, inserted: 1_500, retries: 0 })
    expect(await expectTruth(bench.sandbox, bench.file, { source: 'events', target: 'k.events' })).toBe(1_500)
  }
})

test('again and again it ends, with nothing covered that was not read, and the next run goes on', async () => {
  const many = Array.from({ length: 6_000 }, (_, index) => ({ timeS: start + Math.floor(index / 7) * 10 }))
  await using bench = await openBench({ shop: tinyShop({ events: many }) })
  bench.sandbox.script('get_events', times(40))
  const options = { ...alone, intervalStart: '2024-12-31' }
  const run = await bench.ingest('events', options)
  expect(String(run.failures[0]?.error)).toMatch(
    /Klaviyo refused its own link to the next page of table "events" \(400\): "Invalid cursor provided\."/,
  )
  const rows = await countOf(bench.file, 'k.events')
  expect(rows).toBeGreaterThan(3_000)
  expect(rows).toBeLessThan(6_000)
  const [edge] = await edgesOf(bench.file, 'events')
  const coveredTo = Date.parse(`${edge?.[1].replace(' ', 'T')}Z`) / 1000
  expect(many.filter(({ timeS }) => timeS < coveredTo).length).toBeLessThanOrEqual(rows)
  bench.sandbox.script('get_events', [])
  expect((await bench.ingest('events', options)).failures).toEqual([])
  expect(await expectTruth(bench.sandbox, bench.file, { source: 'events', target: 'k.events' })).toBe(6_000)
})

test('in the middle of a second that does not end, it is told at once', async () => {
  const crowd = Array.from({ length: 900 }, () => ({ timeS: start }))
  await using bench = await openBench({ shop: tinyShop({ events: crowd }) })
  bench.sandbox.script('get_events', times(40))
  const run = await bench.ingest('events', alone)
  expect(String(run.failures[0]?.error)).toContain('refused its own link')
  expect(bench.sandbox.stats().total.requests).toBeLessThanOrEqual(6)
})

const tags = Array.from({ length: 120 }, (_, index): Resource => ({
  type: 'tag',
  id: `tag-${String(index).padStart(3, '0')}`,
  attributes: { name: `tag ${index}` },
  relationships: { 'tag-group': { many: false, type: 'tag-group', ids: [] } },
}))

test('a table that is read whole begins again once, and is not touched where that fails', async () => {
  await using bench = await openBench({ shop: tinyShop({ resources: tags }) })
  const truth = { source: 'tags', target: 'k.tags' }
  bench.sandbox.script('get_tags', [null, null, refused])
  const run = await bench.ingest('tags')
  expect(run.failures).toEqual([])
  expect(run.of('tags')).toMatchObject({ refusedLinks: 1, inserted: 120, changed: 0, deleted: 0 })
  expect(await expectTruth(bench.sandbox, bench.file, truth)).toBe(120)
  bench.sandbox.script('get_tags', [null, refused, null, refused])
  const again = await bench.ingest('tags')
  expect(String(again.failures[0]?.error)).toContain('refused its own link')
  expect(await expectTruth(bench.sandbox, bench.file, truth)).toBe(120)
})
