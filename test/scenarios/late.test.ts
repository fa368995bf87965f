import { expect, test } from 'vitest'
import type { Resource } from '../../src/sandbox/index.ts'
import { systemClock } from '../../src/util/clock.ts'
import { tinyShop } from '../sandbox/tiny-shop.ts'
import { openBench } from './bench.ts'
import { expectTruth } from './truth.ts'

const HOUR_MS = 3_600_000
const DAY = 86_400
const nowS = Math.floor(Date.now() / 1000)
const history = Array.from({ length: 500 }, (_, index) => ({ timeS: nowS - 40 * DAY + index * 6_000 }))
/** Seen by reads a day after they happened, or two. */
const late = [
  { timeS: nowS - 2 * DAY, visibleAtMs: (nowS + DAY) * 1000 },
  { timeS: nowS - 3 * DAY, visibleAtMs: (nowS + DAY) * 1000 },
  { timeS: nowS - 3_600, visibleAtMs: (nowS + 2 * DAY) * 1000 },
]
const truth = { source: 'events', target: 'k.events' }

test('the lookback brings what became visible late, and says how many there were and how old', async () => {
  await using bench = await openBench({ shop: tinyShop({ events: [...history, ...late] }) })
  await bench.ingest('events')
  expect(await expectTruth(bench.sandbox, bench.file, truth)).toBe(500)

  bench.advance(30 * HOUR_MS)
  const second = await bench.ingest('events')
  expect(second.of('events')).toMatchObject({ inserted: 2, late: { rows: 2 } })
  const { late: caught } = second.of('events')
  expect(caught.oldestSeconds).toBeGreaterThanOrEqual(3 * DAY + 30 * 3_600)
  expect(caught.oldestSeconds).toBeLessThan(3 * DAY + 30 * 3_600 + 60)
  expect(second.events).toContainEqual(
    expect.objectContaining({ type: 'lookback caught', table: 'events', ...caught }),
  )

  bench.advance(30 * HOUR_MS)
  expect((await bench.ingest('events')).of('events')).toMatchObject({ inserted: 1, late: { rows: 1 } })
  expect(await expectTruth(bench.sandbox, bench.file, truth)).toBe(503)
  bench.advance(HOUR_MS)
  const last = await bench.ingest('events')
  expect(last.of('events')).toMatchObject({ inserted: 0, changed: 0, late: { rows: 0 } })
  expect(last.events.some(({ type }) => type === 'lookback caught')).toBe(false)
})

test('new rows are not late ones', async () => {
  await using bench = await openBench({ shop: tinyShop({ events: history }) })
  await bench.ingest('events')
  bench.advance(2 * HOUR_MS)
  bench.sandbox.changes().insertEvent({ atS: Math.floor(bench.sandbox.clock.now() / 1000) - 60 })
  expect((await bench.ingest('events')).of('events')).toMatchObject({ inserted: 1, late: { rows: 0 } })
})

test('without a lookback late rows are missed; reloading an interval brings them', async () => {
  await using bench = await openBench({ shop: tinyShop({ events: [...history, ...late] }) })
  await bench.ingest('events', { lookback: '0' })
  bench.advance(30 * HOUR_MS)
  expect((await bench.ingest('events', { lookback: '0' })).of('events')).toMatchObject({
    rows: 0,
    requests: 1,
  })
  const iso = (at: number): string => new Date(at * 1000).toISOString()
  const interval = { intervalStart: iso(nowS - 4 * DAY), intervalEnd: iso(nowS - DAY) }
  expect((await bench.ingest('events', { ...interval, lookback: '0' })).of('events').requests).toBe(0)
  const reloaded = await bench.ingest('events', { ...interval, reload: true })
  expect(reloaded.of('events')).toMatchObject({ inserted: 2, changed: 0, late: { rows: 2 } })
  expect(await expectTruth(bench.sandbox, bench.file, truth)).toBe(502)
})

test('a lookback that is too short, then one that is long enough', async () => {
  await using bench = await openBench({ shop: tinyShop({ events: [...history, ...late] }) })
  await bench.ingest('events', { lookback: '1h' })
  bench.advance(30 * HOUR_MS)
  expect((await bench.ingest('events', { lookback: '1d' })).of('events').inserted).toBe(0)
  expect((await bench.ingest('events', { lookback: '5d' })).of('events')).toMatchObject({
    inserted: 2,
    late: { rows: 2 },
  })
})

test('a machine whose clock is ahead of Klaviyo loses nothing that changes before its time has come', async () => {
  const template = (id: string): Resource => ({
    type: 'template',
    id,
    attributes: { name: id, created: '2025-01-01T00:00:00+00:00', updated: '2025-01-01T00:00:00+00:00' },
    relationships: {},
  })
  for (const minutes of [2, 30, 60 * 24 * 10]) {
    await using bench = await openBench({
      shop: tinyShop({ events: history, resources: [template('a'), template('b')] }),
    })
    const { clock } = bench.sandbox
    const tuning = { clock: { ...systemClock, now: () => clock.now() + minutes * 60_000 } }
    for (let round = 0; round < 3; round++) {
      expect((await bench.ingest('templates,events', { tuning })).failures).toEqual([])
      await expectTruth(bench.sandbox, bench.file, { source: 'templates', target: 'k.templates' })
      await expectTruth(bench.sandbox, bench.file, truth)
      clock.advance(10 * 60_000)
      bench.sandbox.changes().updateResource('template', 'a', { name: `round ${round}` })
      bench.sandbox.changes().insertEvent({ atS: Math.floor(clock.now() / 1000) - 60 })
      clock.advance(2 * 60_000)
    }
  }
})
