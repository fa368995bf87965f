import { describe, expect, test } from 'vitest'
import type { Table } from '../model/table.ts'
import { answer, failure, harness, JSON_API, loopback, type Handler } from './http/loopback.test-help.ts'
import { readPages, type Page } from './read.ts'

const table: Table = {
  name: 'events',
  path: '/api/events',
  type: 'event',
  key: ['id'],
  columns: [{ name: 'datetime', path: ['attributes', 'datetime'], type: 'timestamp' }],
  relationships: [],
  cursor: {
    field: 'datetime',
    lower: 'greater-or-equal',
    upper: 'less-than',
    resolutionSeconds: 1,
    lookbackSeconds: 0,
    ordered: true,
    fixed: true,
  },
  strategy: 'merge',
  paging: { kind: 'sized', default: 200, max: 1_000, sinceRevision: '2024-07-15' },
  rate: { perSecond: 350, perMinute: 3_500 },
  reducedRates: [],
  scopes: ['events:read'],
  filters: [],
  filterRequired: false,
  sorts: [],
  includes: [],
  additionalFields: {},
  query: {},
  passes: [{ name: '', filter: [] }],
  parent: null,
}

const rowAt = (second: number): object => ({
  type: 'event',
  id: String(second),
  attributes: { datetime: `2026-01-01T00:00:0${second}+00:00` },
})

const page = (rows: readonly object[], cursor: string | null, origin = 'https://a.klaviyo.com'): Handler =>
  answer(200, {
    data: rows,
    links: {
      self: origin,
      next: cursor === null ? null : `${origin}/api/events?filter=f&page%5Bcursor%5D=${cursor}`,
      prev: null,
    },
  })

const read = (
  origin: string,
  of = table,
  signal = new AbortController().signal,
): AsyncGenerator<Page, void, undefined> =>
  readPages(harness(origin).client, { table: of, query: [['filter', 'f']], since: null, signal })

async function all(pages: AsyncIterable<Page>): Promise<Page[]> {
  const read: Page[] = []
  for await (const page of pages) read.push(page)
  return read
}

describe('pages', () => {
  test('follow next to its end, over an empty page, on the configured origin', async () => {
    await using server = await loopback(
      page([rowAt(1), rowAt(2)], 'A'),
      page([], 'B'),
      page([rowAt(3)], null),
    )
    const pages = await all(read(server.origin))
    expect(server.requests.map(({ url }) => url)).toEqual([
      '/api/events?filter=f',
      '/api/events?filter=f&page%5Bcursor%5D=A',
      '/api/events?filter=f&page%5Bcursor%5D=B',
    ])
    expect(
      pages.map(({ rows, firstCursor, lastCursor }) => [
        rows,
        firstCursor?.slice(17, 19),
        lastCursor?.slice(17, 19),
      ]),
    ).toEqual([
      [2, '01', '02'],
      [0, undefined, undefined],
      [1, '03', '03'],
    ])
    expect(pages.map(({ next }) => next?.slice(-1))).toEqual(['A', 'B', undefined])
    expect(pages.every(({ raw, bytes }) => raw.length === bytes)).toBe(true)
  })

  test('are asked for one at a time, and none after the reader has left', async () => {
    await using server = await loopback(page([rowAt(1)], 'A'), page([rowAt(2)], 'B'), page([rowAt(3)], 'C'))
    const pages = read(server.origin)
    await pages.next()
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(server.requests).toHaveLength(1)
    await pages.next()
    await pages.return()
    expect(server.requests).toHaveLength(2)
  })

  test('that are cut off or no JSON are asked for again', async () => {
    const whole = JSON.stringify({ data: [rowAt(1)], links: { self: 's', next: null } })
    const half: Handler = (_, response) => void response.writeHead(200, JSON_API).end(whole.slice(0, -20))
    const none: Handler = (_, response) => void response.writeHead(200, JSON_API).end('upstream is busy')
    await using server = await loopback(half, none, page([rowAt(1)], null))
    expect(await all(read(server.origin))).toHaveLength(1)
    expect(server.requests).toHaveLength(3)
  })

  test('that are none are asked for again, and then told, never taken for the last one', async () => {
    const next = 'https://a.klaviyo.com/api/events?filter=f&page%5Bcursor%5D=A'
    const broken: readonly (readonly [object, string])[] = [
      [{ data: [rowAt(1)] }, 'it has no "links"'],
      [{ data: [rowAt(1)], links: { next: [next] } }, 'its link "next" is neither text nor a link object'],
      [
        { data: [{ ...rowAt(1), attributes: [] }], links: { next } },
        'row 1 has "attributes" that are no object',
      ],
      [{ data: [], errors: [{ detail: 'No.' }], links: { next: null } }, 'it has "errors" ("No.")'],
    ]
    for (const [body, what] of broken) {
      await using passing = await loopback(answer(200, body), page([rowAt(1)], null))
      expect(await all(read(passing.origin))).toHaveLength(1)
      await using lasting = await loopback(page([rowAt(1)], 'A'), answer(200, body))
      const pages = read(lasting.origin)
      await pages.next()
      expect(await failure(pages.next())).toMatchObject({
        fault: 'source',
        message: expect.stringMatching(
          /Table "events" could not be read .*: an answer that is no page: .*, tried 8 times/,
        ),
      })
      expect(String(await failure(all(read(lasting.origin))))).toContain(
        `: an answer that is no page: ${what}, tried`,
      )
    }
  })

  test('may lead on by a link object', async () => {
    const href = 'https://a.klaviyo.com/api/events?filter=f&page%5Bcursor%5D=A'
    await using server = await loopback(
      answer(200, { data: [rowAt(1)], links: { next: { href } } }),
      page([rowAt(2)], null),
    )
    expect((await all(read(server.origin))).map(({ next }) => next)).toEqual([href, null])
  })

  test('say how many rows they have, and whether their text needs mending', async () => {
    const own = { ...rowAt(1), attributes: { datetime: null, copies: [rowAt(1), rowAt(2)] } }
    await using server = await loopback(
      page([own, own], 'A'),
      answer(200, `{"data":[],"links":{"next":null,"x":"\\ud800"}}`),
    )
    expect(await all(read(server.origin))).toMatchObject([
      { rows: 2, needsMending: false },
      { rows: 0, needsMending: true },
    ])
  })

  test('of an endpoint without paging are one', async () => {
    for (const links of [{}, { links: { self: 's' } }]) {
      await using server = await loopback(answer(200, { data: [rowAt(1)], ...links }))
      const unpaged = { ...table, paging: { kind: 'none' } } as const
      expect(await all(read(server.origin, unpaged))).toMatchObject([{ rows: 1, next: null }])
    }
  })
})

describe('a next link', () => {
  test('to another host gets no request and no key', async () => {
    await using elsewhere = await loopback(page([], null))
    await using server = await loopback(page([rowAt(1)], 'A', elsewhere.origin))
    expect(await failure(all(read(server.origin)))).toMatchObject({
      fault: 'source',
      message: expect.stringContaining('was not followed'),
    })
    expect([server.requests.length, elsewhere.requests.length]).toEqual([1, 0])
  })

  test('to the page it is on, or round and round, is an error', async () => {
    await using self = await loopback(
      answer(200, { data: [], links: { next: 'https://a.klaviyo.com/api/events?filter=f' } }),
    )
    expect(await failure(all(read(self.origin)))).toMatchObject({ fault: 'source' })
    // It is empty, so it may not have been ready; ten times over is enough.
    expect(self.requests).toHaveLength(11)
    await using round = await loopback(
      page([], 'A'),
      page([], 'B'),
      page([], 'A'),
      page([], 'B'),
      page([], 'A'),
      page([], 'B'),
    )
    expect(await failure(all(read(round.origin)))).toMatchObject({
      message: expect.stringContaining('leads back'),
    })
    expect(round.requests.length).toBeLessThan(6)
  })

  test('to another path is an error', async () => {
    await using server = await loopback(
      answer(200, { data: [], links: { next: 'https://a.klaviyo.com/api/accounts?x=1' } }),
    )
    expect(await failure(all(read(server.origin)))).toMatchObject({
      fault: 'source',
      message: expect.stringContaining('leads away'),
    })
    expect(server.requests).toHaveLength(1)
  })
})

test('an abort between pages ends the reading', async () => {
  await using server = await loopback(page([rowAt(1)], 'A'), page([rowAt(2)], null))
  const stop = new AbortController()
  const pages = read(server.origin, table, stop.signal)
  await pages.next()
  const reason = new Error('enough')
  stop.abort(reason)
  expect(await failure(pages.next())).toBe(reason)
  expect(server.requests).toHaveLength(1)
})
