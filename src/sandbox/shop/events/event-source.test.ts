import { expect, test } from 'vitest'
import { buildShop } from '../shop.ts'
import { secondsText } from '../time-text.ts'

type Written = Readonly<{
  id: string
  attributes: Readonly<{
    timestamp: number
    datetime: string
    uuid: string
    event_properties: Readonly<Record<string, unknown>>
  }>
  relationships: Readonly<
    Record<
      string,
      Readonly<{ data?: Readonly<{ id: string }> | null; links: Readonly<Record<string, string>> }>
    >
  >
  links: Readonly<{ self: string }>
}>

const ORIGIN = 'http://127.0.0.1:8080'
const { events } = buildShop({
  seed: 2,
  profiles: 900,
  events: 12_000,
  account: 2,
  nowMs: Date.UTC(2026, 6, 20),
})
const target = Buffer.alloc(events.maxResourceBytes + 10)
const textOf = (i: number): string => target.toString('utf8', 7, events.writeResource(i, target, 7, ORIGIN))
const texts = Array.from({ length: events.count }, (_, i) => textOf(i))
const written = texts.map((text) => JSON.parse(text) as Written)

test('what is written is JSON and agrees with the accessors', () => {
  for (const [i, { id, attributes, relationships, links }] of written.entries()) {
    expect(id).toBe(events.id(i))
    expect(attributes.timestamp).toBe(events.time(i))
    expect(attributes.datetime).toBe(secondsText(events.time(i)))
    expect(relationships['profile']?.data?.id).toBe(events.profileId(i))
    expect(relationships['metric']?.data?.id ?? null).toBe(events.metricId(i))
    expect(links.self).toBe(`${ORIGIN}/api/events/${id}/`)
    expect(relationships['metric']?.links).toEqual({
      self: `${ORIGIN}/api/events/${id}/relationships/metric/`,
      related: `${ORIGIN}/api/events/${id}/metric/`,
    })
  }
})

test('the attributes alone are the same text', () => {
  for (let i = 0; i < events.count; i += 7)
    expect(texts[i]).toContain(`"attributes":${events.attributes(i)},"rel`)
})

test('links of another origin change nothing else', () => {
  const other = 'https://a.klaviyo.com'
  for (const i of [0, 1, 5_000, events.count - 1]) {
    const end = events.writeResource(i, target, 0, other)
    expect(target.toString('utf8', 0, end).replaceAll(other, ORIGIN)).toBe(textOf(i))
  }
})

test('no resource is longer than promised, and the average is about a kilobyte', () => {
  const sizes = texts.map((text) => Buffer.byteLength(text))
  expect(Math.max(...sizes)).toBeLessThan(events.maxResourceBytes)
  const average = sizes.reduce((sum, size) => sum + size, 0) / sizes.length
  expect(average).toBeGreaterThan(850)
  expect(average).toBeLessThan(1_300)
})

test('ids and UUIDs are unique; ids differ in more than case', () => {
  expect(new Set(written.map(({ id }) => id)).size).toBe(events.count)
  expect(new Set(written.map(({ attributes }) => attributes.uuid)).size).toBe(events.count)
})

test.each([
  ['an integer past 2^53', /"OrderId":4611686018\d{9}[,}]/u],
  ['an integer of thirty digits', /"ledger_entry":\d{30},/u],
  ['a negative integer past 2^53', /:-9007199254740993[,}]/u],
  ['a number with an exponent', /"tax_rate":8\.875e-2/u],
  ['nested items', /"Items":\[\{"ProductID"/u],
  ['five levels of nesting', /"deep":\{"deeper":\{"deepest":/u],
  ['emoji joined by invisible characters', /👩‍👩‍👧‍👦/u],
  ['a zero-width space and a byte-order mark', /\u200b.*\ufeff/u],
  ['text from right to left', /שלום عالم/u],
  ['quotes and backslashes', /\\"yes\\" \\\\ then/u],
  ['line ends and tabs', /two\\nlines\\r\\nand a\\ttab/u],
  ['a key with a dot', /"store\.name":/u],
  ['a key that is an emoji', /"🧴":/u],
  ['a key with blanks', /"Campaign Name":/u],
  ['a key with a dollar', /"\$value":\d+\.\d\d[,}]/u],
  ['an empty text', /"optional":""/u],
  ['a null', /"optional":null/u],
  ['keys that differ only in case', /"ID":\d+,"id":"/u],
  ['a text of ten thousand characters', /"message":"[^"]{10000}/u],
])('there is %s', (_, pattern) => {
  expect(texts.some((text) => pattern.test(text))).toBe(true)
})

test('the value of an order is the sum of its items and shipping', () => {
  const orders = written
    .map(({ attributes }) => attributes.event_properties)
    .filter((each) => 'ledger_entry' in each)
  expect(orders.length).toBeGreaterThan(50)
  for (const order of orders) {
    const cents = (amount: unknown): number => Math.round(Number(amount) * 100)
    const rows = (order['Items'] as readonly Readonly<Record<string, unknown>>[]).map(({ RowTotal }) =>
      cents(RowTotal),
    )
    const total = rows.reduce((sum, row) => sum + row, 0)
    expect(cents(order['Subtotal'])).toBe(total)
    expect(cents(order['$value'])).toBe(total + cents(order['Shipping']))
  }
})

test('a decimal of more digits than a double keeps is rare, and there', () => {
  const { events: many } = buildShop({
    seed: 2,
    profiles: 900,
    events: 60_000,
    account: 2,
    nowMs: Date.UTC(2026, 6, 20),
  })
  const found = Array.from({ length: many.count }, (_, i) => many.attributes(i)).filter((text) =>
    /"exchange_rate":1\.0\d{16}/u.test(text),
  )
  expect(found.length).toBeGreaterThan(0)
  expect(found.length).toBeLessThan(many.count / 1_000)
})
