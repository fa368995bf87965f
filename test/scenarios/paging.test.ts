import { createServer } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { tinyShop } from '../sandbox/tiny-shop.ts'
import { openBench } from './bench.ts'
import { countOf, expectTruth } from './truth.ts'

const AT_200_A_PAGE = { revision: '2025-10-15' }
const events = Array.from({ length: 1_500 }, (_, index) => ({
  timeS: Date.UTC(2025, 0, 1) / 1000 + Math.floor(index / 3) * 10,
}))
const alone = { source: AT_200_A_PAGE, extractParallelism: 1 }

test('an empty page with a next link, even several in a row, and pages of any length are not the end', async () => {
  await using bench = await openBench({ shop: tinyShop({ events }) })
  const empty = { kind: 'empty page' } as const
  const short = { kind: 'short page', share: 0.013 } as const
  bench.sandbox.script('get_events', [
    empty,
    empty,
    null,
    short,
    short,
    empty,
    null,
    empty,
    empty,
    empty,
    short,
  ])
  const run = await bench.ingest('events', alone)
  expect(run.failures).toEqual([])
  expect(await expectTruth(bench.sandbox, bench.file, { source: 'events', target: 'k.events' })).toBe(1_500)
})

/** A server on another port, which is another host to a client; it keeps what it is asked. */
async function stranger() {
  const asked: IncomingHttpHeaders[] = []
  const server = createServer((request, response) => {
    asked.push(request.headers)
    response.end('{"data":[],"links":{"next":null}}')
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    asked,
    port,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => {
          resolve()
        })
      }),
  }
}

test('a next link to another host is not followed, and no key goes there', async () => {
  await using elsewhere = await stranger()
  const hosts = [
    `http://127.0.0.1:${elsewhere.port}`,
    `http://localhost:${elsewhere.port}`,
    `//127.0.0.1:${elsewhere.port}`,
    `http://a.klaviyo.com@127.0.0.1:${elsewhere.port}`,
    'https://a.klaviyo.com.example.test',
    'http://a.klaviyo.com',
  ]
  for (const host of hosts) {
    await using bench = await openBench({ shop: tinyShop({ events }) })
    const next = `${host}/api/events?page%5Bcursor%5D=x`
    const [row] = [...bench.sandbox.truth('events')]
    bench.sandbox.script('get_events', [
      null,
      {
        kind: 'answer',
        status: 200,
        headers: { 'content-type': 'application/vnd.api+json' },
        body: `{"data":[${row}],"links":{"self":"x","next":${JSON.stringify(next)},"prev":null}}`,
      },
    ])
    const run = await bench.ingest('events', alone)
    expect(run.failures, host).toMatchObject([{ error: { fault: 'source' } }])
    expect(String(run.failures[0]?.error), host).toMatch(/not followed/)
    expect(bench.sandbox.stats().operations['get_events']?.requests, host).toBe(2)
    expect(await countOf(bench.file, 'k.events'), host).toBe(200)
    const healed = await bench.ingest('events', alone)
    expect(healed.failures).toEqual([])
    expect(await expectTruth(bench.sandbox, bench.file, { source: 'events', target: 'k.events' })).toBe(1_500)
  }
  expect(elsewhere.asked).toEqual([])
})

test('a redirect is not followed with the key either', async () => {
  await using elsewhere = await stranger()
  await using bench = await openBench({ shop: tinyShop({ events }) })
  bench.sandbox.script('get_events', [
    {
      kind: 'answer',
      status: 302,
      headers: { location: `http://127.0.0.1:${elsewhere.port}/api/events` },
      body: '',
    },
  ])
  const run = await bench.ingest('events', alone)
  expect(run.failures).toMatchObject([{ error: { fault: 'source' } }])
  expect(elsewhere.asked).toEqual([])
})

test('links that name the sandbox itself are followed like those that name Klaviyo', async () => {
  for (const linkOrigin of ['self', 'klaviyo'] as const) {
    await using bench = await openBench({ shop: tinyShop({ events }), linkOrigin })
    await bench.ingest('events', alone)
    expect(await countOf(bench.file, 'k.events')).toBe(1_500)
  }
})

test('links that go round in a circle end the table instead of never', async () => {
  await using bench = await openBench({ shop: tinyShop({ events }) })
  const page = (cursor: string) => {
    const [row] = [...bench.sandbox.truth('events')]
    return {
      kind: 'answer',
      status: 200,
      headers: { 'content-type': 'application/vnd.api+json' },
      body: `{"data":[${row}],"links":{"next":"https://a.klaviyo.com/api/events?page%5Bcursor%5D=${cursor}"}}`,
    } as const
  }
  bench.sandbox.script(
    'get_events',
    Array.from({ length: 60 }, (_, index) => page(String(index % 4))),
  )
  const run = await bench.ingest('events', alone)
  expect(String(run.failures[0]?.error)).toMatch(/leads back/)
  expect(bench.sandbox.stats().total.requests).toBeLessThan(15)
})
