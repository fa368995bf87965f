import { expect, test } from 'vitest'
import { buildShop } from '../shop.ts'
import { firstsOfMonths } from '../profile-updates.ts'
import { shopBasics } from '../basics.ts'
import { DAY_S } from '../time-text.ts'

// Large enough that a sending puts more than two pages into one second.
const options = { seed: 9, profiles: 8_000, events: 100_000, account: 1, nowMs: Date.UTC(2026, 6, 20, 9, 30) }
const nowS = options.nowMs / 1000
const shop = buildShop(options)
const { events } = shop
const indexes = Array.from({ length: events.count }, (_, i) => i)
const nameOf = new Map(shop.resources.get('metric')?.map(({ id, attributes }) => [id, attributes['name']]))

test('there are as many as asked for, in the order of (time, id), and each id is found', () => {
  expect(events.count).toBe(options.events)
  const wrong = indexes.filter((i) => {
    if (events.find(events.id(i)) !== i) return true
    if (i === 0 || events.time(i - 1) < events.time(i)) return false
    return events.time(i - 1) > events.time(i) || events.id(i - 1) >= events.id(i)
  })
  expect(wrong).toEqual([])
})

test('ids do not tell the order of time', () => {
  const later = indexes.filter((i) => i > 0 && events.time(i - 1) < events.time(i))
  const rising = later.filter((i) => events.id(i - 1) < events.id(i)).length
  expect(rising / later.length).toBeGreaterThan(0.4)
  expect(rising / later.length).toBeLessThan(0.6)
})

test('one second holds more than two of the largest pages, and many seconds hold several', () => {
  const perSecond = new Map<number, number>()
  for (const i of indexes) perSecond.set(events.time(i), (perSecond.get(events.time(i)) ?? 0) + 1)
  expect(Math.max(...perSecond.values())).toBeGreaterThan(2_000)
  expect([...perSecond.values()].filter((count) => count > 20).length).toBeGreaterThan(100)
})

test('every edge of a month has events on it and a second before and after', () => {
  const at = (timeS: number): number => events.lowerBound(timeS + 1) - events.lowerBound(timeS)
  for (const edgeS of firstsOfMonths(shopBasics(options))) {
    expect([at(edgeS - 1) > 0, at(edgeS) > 2, at(edgeS + 1) > 0]).toEqual([true, true, true])
  }
})

test('some are dated ahead, and known already', () => {
  const ahead = indexes.slice(events.lowerBound(nowS))
  expect(ahead.length).toBeGreaterThan(7)
  expect(ahead.every((i) => events.visibleAtMs(i) <= options.nowMs)).toBe(true)
  expect(events.time(events.count - 1)).toBeGreaterThan(nowS + 60 * DAY_S)
})

test('a few per mille become visible late, up to 17 days, and some are still to come', () => {
  const delays = indexes.map((i) => events.visibleAtMs(i) / 1000 - events.time(i))
  const late = delays.filter((delay) => delay >= 120 && delay <= 17 * DAY_S)
  expect(late.length / events.count).toBeGreaterThan(0.002)
  expect(late.length / events.count).toBeLessThan(0.008)
  expect(Math.max(...late)).toBeGreaterThan(10 * DAY_S)
  expect(delays.filter((delay) => delay > 40 * DAY_S).length).toBeGreaterThan(50)
  const hidden = indexes.filter((i) => events.time(i) < nowS && events.visibleAtMs(i) > options.nowMs)
  expect(hidden.length).toBeGreaterThan(0)
  expect(delays.filter((delay, i) => delay < 0 && events.time(i) < nowS)).toEqual([])
})

test('a handful have lost their metric, and some belong to customers who are gone', () => {
  expect(indexes.filter((i) => events.metricId(i) === null)).toHaveLength(12)
  const orphans = indexes.filter((i) => events.profileIndex(i) === -1)
  expect(orphans.length).toBeGreaterThan(9)
  expect(orphans.every((i) => shop.profiles.find(events.profileId(i)) === -1)).toBe(true)
})

test('every metric happens; what is bought was looked at more often', () => {
  const counts = new Map<unknown, number>()
  for (const i of indexes) {
    const name = nameOf.get(events.metricId(i) ?? '')
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  expect([...nameOf.values()].filter((name) => (counts.get(name) ?? 0) === 0)).toEqual([])
  const count = (name: string): number => counts.get(name) ?? 0
  const funnel = ['Viewed Product', 'Added to Cart', 'Placed Order', 'Fulfilled Order', 'Refunded Order'].map(
    count,
  )
  expect(funnel).toEqual(funnel.toSorted((a, b) => b - a))
  expect(count('Received Email')).toBeGreaterThan(count('Opened Email'))
  expect(count('Opened Email')).toBeGreaterThan(count('Clicked Email'))
})

test('orders that a message led to are attributed to it and to the click before them', () => {
  const attributed = indexes.filter((i) => events.attributions(i).length > 0)
  expect(attributed.length).toBeGreaterThan(200)
  for (const i of attributed.slice(0, 50)) {
    const relationships = events.attributions(i)[0]?.relationships ?? {}
    const click = events.find(relationships['attributed-event']?.ids[0] ?? '')
    expect(events.time(click)).toBeLessThan(events.time(i))
    expect(events.profileId(click)).toBe(events.profileId(i))
    const messages = [
      ...(relationships['campaign-message']?.ids ?? []),
      ...(relationships['flow-message']?.ids ?? []),
    ]
    const properties = (JSON.parse(events.attributes(i)) as { event_properties: Record<string, unknown> })
      .event_properties
    if (nameOf.get(events.metricId(i) ?? '') === 'Placed Order')
      expect([properties['$message']]).toEqual(messages)
  }
})
