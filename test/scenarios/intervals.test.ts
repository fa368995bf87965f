import { expect, test } from 'vitest'
import { tinyShop } from '../sandbox/tiny-shop.ts'
import { openBench } from './bench.ts'
import { edgesOf } from './coverage.ts'
import { countOf, expectTruth, query } from './truth.ts'

const HOUR = 3_600
const DAY = 24 * HOUR
const at = (day: number, seconds = 0): number => Date.UTC(2025, 0, day) / 1000 + seconds
const nowS = Math.floor(Date.now() / 1000)

/** An event an hour over ten days, three more on every midnight and one a second before it. */
const tenDays = Array.from({ length: 10 * 24 }, (_, hour) => ({ timeS: at(1, hour * HOUR) })).concat(
  Array.from({ length: 10 }, (_, day) => [
    { timeS: at(day + 1) },
    { timeS: at(day + 1) },
    { timeS: at(day + 1) },
    { timeS: at(day + 1, -1) },
  ]).flat(),
)
const between = (from: number, to: number): number =>
  tenDays.filter(({ timeS }) => from <= timeS && timeS < to).length

test('intervals in any order, touching and overlapping, bring each row once and become one', async () => {
  await using bench = await openBench({ shop: tinyShop({ events: tenDays }) })
  const read = (intervalStart: string, intervalEnd: string) =>
    bench.ingest('events', { intervalStart, intervalEnd })

  const first = await read('2025-01-03', '2025-01-05')
  expect(first.of('events').inserted).toBe(between(at(3), at(5)))
  expect(await edgesOf(bench.file, 'events')).toEqual([['2025-01-03 00:00:00', '2025-01-05 00:00:00']])

  const touching = await read('2025-01-05', '2025-01-06')
  expect(touching.of('events').inserted).toBe(between(at(5), at(6)))
  const before = await read('2025-01-01', '2025-01-03')
  expect(before.of('events').inserted).toBe(between(at(1), at(3)))
  expect(await edgesOf(bench.file, 'events')).toEqual([['2025-01-01 00:00:00', '2025-01-06 00:00:00']])

  const overlapping = await read('2025-01-04T12:00:00', '2025-01-07T00:00:01')
  expect(overlapping.of('events')).toMatchObject({ inserted: between(at(6), at(7, 1)), changed: 0 })
  const within = await read('2025-01-02', '2025-01-04')
  expect(within.of('events')).toMatchObject({ rows: 0, requests: 0 })
  expect(await edgesOf(bench.file, 'events')).toEqual([['2025-01-01 00:00:00', '2025-01-07 00:00:01']])
  expect(await countOf(bench.file, 'k.events')).toBe(between(at(1), at(7, 1)))
  const [{ oldest, newest } = {}] = await query(
    bench.file,
    'select min(datetime) as oldest, max(datetime) as newest from k.events',
  )
  expect([oldest, newest]).toEqual(['2025-01-01 00:00:00+00', '2025-01-07 00:00:00+00'])
})

test('a run without an interval closes holes and goes on from the earliest covered start', async () => {
  await using bench = await openBench({ shop: tinyShop({ events: tenDays }) })
  await bench.ingest('events', { intervalStart: '2025-01-02', intervalEnd: '2025-01-03' })
  await bench.ingest('events', { intervalStart: '2025-01-06', intervalEnd: '2025-01-07' })
  const rest = await bench.ingest('events')
  expect(rest.of('events')).toMatchObject({
    inserted: between(at(3), at(6)) + between(at(7), at(11)),
    changed: 0,
    requests: 2,
  })
  expect(await countOf(bench.file, 'k.events')).toBe(between(at(2), at(11)))
  expect((await edgesOf(bench.file, 'events')).map(([from]) => from)).toEqual(['2025-01-02 00:00:00'])

  const whole = await bench.ingest('events', { intervalStart: '1970-01-01' })
  expect(whole.of('events').inserted).toBe(between(0, at(2)))
  expect(await expectTruth(bench.sandbox, bench.file, { source: 'events', target: 'k.events' })).toBe(280)
})

test('exclusive operators and microseconds: rows on both sides of an edge belong to one interval each', async () => {
  const edge = at(5) * 1e6
  await using bench = await openBench({
    shop: tinyShop({ profiles: [edge - 1, edge, edge, edge + 1, edge + 999_999, edge + 1_000_000] }),
  })
  await bench.ingest('profiles', { intervalStart: '2025-01-05', intervalEnd: '2025-01-05T00:00:01' })
  expect(await countOf(bench.file, 'k.profiles')).toBe(4)
  await bench.ingest('profiles', { intervalStart: '2025-01-04', intervalEnd: '2025-01-05' })
  expect(await countOf(bench.file, 'k.profiles')).toBe(5)
  await bench.ingest('profiles')
  expect(await expectTruth(bench.sandbox, bench.file, { source: 'profiles', target: 'k.profiles' })).toBe(6)
  expect((await edgesOf(bench.file, 'profiles')).length).toBe(1)
})

test('offsets, ends in the future and dates in the future', async () => {
  const future = nowS + 30 * DAY
  await using bench = await openBench({
    shop: tinyShop({ events: [...tenDays, { timeS: future }, { timeS: future + 400 * DAY }] }),
  })
  await bench.ingest('events', {
    intervalStart: '2025-01-09T01:00:00+01:00',
    intervalEnd: new Date((future + DAY) * 1000).toISOString(),
  })
  expect(await countOf(bench.file, 'k.events')).toBe(between(at(9), at(11)) + 1)
  const [[from, to] = ['', '']] = await edgesOf(bench.file, 'events')
  expect(from).toBe('2025-01-09 00:00:00')
  expect(Date.parse(`${to}Z`) / 1000).toBeGreaterThanOrEqual(nowS)
  expect(Date.parse(`${to}Z`) / 1000).toBeLessThan(nowS + 60)

  // The row that carries a date a month ahead is in; when that time has come it is read again and stays one.
  bench.advance(31 * DAY * 1000)
  const later = await bench.ingest('events')
  expect(later.of('events')).toMatchObject({ inserted: 1, changed: 0 })
  expect(await countOf(bench.file, 'k.events')).toBe(between(at(9), at(11)) + 2)
})

test('an interval that begins in a moment asks for nothing and leaves no file; one far ahead is a mistake', async () => {
  await using bench = await openBench({ shop: tinyShop({ events: tenDays }) })
  const inAMinute = new Date((nowS + 120) * 1000).toISOString()
  for (const fullRefresh of [false, true]) {
    const run = await bench.ingest('events', { intervalStart: inAMinute, fullRefresh })
    expect(run.failures).toEqual([])
    expect(run.of('events')).toMatchObject({ rows: 0, requests: 0 })
  }
  await expect(bench.ingest('events', { intervalStart: '2100-01-01' })).rejects.toMatchObject({
    fault: 'usage',
  })
  expect(bench.sandbox.stats().operations['get_events']).toBeUndefined()
  await expect(countOf(bench.file, 'k.events')).rejects.toThrow(/does not exist/)
})

test('an interval that ends before it begins is refused before anything is asked', async () => {
  await using bench = await openBench({ shop: tinyShop({ events: tenDays }) })
  for (const intervalEnd of ['2025-01-01', '2025-01-02']) {
    await expect(bench.ingest('events', { intervalStart: '2025-01-02', intervalEnd })).rejects.toMatchObject({
      fault: 'usage',
    })
  }
  expect(bench.sandbox.stats().total.requests).toBe(0)
})

test('daily intervals keep their days open to late rows for as long as the lookback says', async () => {
  await using bench = await openBench({ shop: tinyShop({ events: tenDays }) })
  const now = new Date(bench.sandbox.clock.now())
  const day = (offset: number): string =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + offset)).toISOString()
  const midnight = (offset: number): number => Date.parse(day(offset)) / 1000
  for (let offset = -1; offset < 5; offset++) {
    await bench.ingest('events', { intervalStart: day(offset), intervalEnd: day(offset + 1) })
    bench.advance(DAY * 1000)
  }
  // Six days were each read once, a moment after they had ended. Rows for all of them turn up now.
  for (let offset = -1; offset < 5; offset++)
    bench.sandbox.changes().insertEvent({ id: `late${offset}`, atS: midnight(offset) + 6 * HOUR })
  const caught = await bench.ingest('events')
  expect(caught.of('events')).toMatchObject({ inserted: 6, late: { rows: 6 } })

  // The same, with so many days that the first of them were never read again within the lookback.
  for (let offset = 5; offset < 17; offset++) {
    await bench.ingest('events', { intervalStart: day(offset), intervalEnd: day(offset + 1) })
    bench.advance(DAY * 1000)
  }
  bench.sandbox.changes().insertEvent({ id: 'later', atS: midnight(7) + 6 * HOUR })
  const again = await bench.ingest('events')
  expect(again.of('events')).toMatchObject({ inserted: 1, late: { rows: 1 } })
})
