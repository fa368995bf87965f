import { createServer } from 'node:net'
import { inspect } from 'node:util'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { SluiceError } from '../../model/errors.ts'
import { systemClock } from '../../util/clock.ts'
import { Secret } from '../../util/secret.ts'
import { ManualClock } from '../../util/test-clock.ts'
import { createGovernor } from './governor.ts'
import {
  answer,
  failure,
  fault,
  harness,
  html,
  JSON_API,
  KEY,
  loopback,
  NO_TIMEOUTS,
  request,
  type Handler,
} from './loopback.test-help.ts'

const ok = answer(200, { data: [], links: { next: null } })

/** The fault and the text of what was thrown, after making sure that the key is nowhere in it. */
async function told(promise: Promise<unknown>): Promise<string> {
  const error = await failure(promise)
  if (!(error instanceof SluiceError)) throw error
  expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(KEY)
  expect(error.message).not.toMatch(/https?:\/\/[^"\s]*\?/)
  return `${error.fault}: ${error.message}`
}

describe('a request', () => {
  test('carries key, revision and parameters, each encoded once', async () => {
    await using server = await loopback(ok)
    const { client } = harness(server.origin)
    const filter = 'equals(email,"a+b@ü.example"),greater-than(updated,2026-01-01T00:00:00Z)'
    await client.get(
      request({
        query: [
          ['filter', filter],
          ['page[size]', '10'],
        ],
      }),
    )
    await client.get(request({ query: 'page%5Bcursor%5D=a%2Bb%3D&x=1' }))
    const [first, second] = server.requests
    expect(first?.headers).toMatchObject({
      authorization: `Klaviyo-API-Key ${KEY}`,
      revision: '2026-07-15',
      accept: 'application/vnd.api+json',
      'accept-encoding': 'gzip',
      'user-agent': 'sluice/test',
    })
    const url = new URL(first?.url ?? '', server.origin)
    expect([...url.searchParams]).toEqual([
      ['filter', filter],
      ['page[size]', '10'],
    ])
    expect(second?.url).toBe('/api/events?page%5Bcursor%5D=a%2Bb%3D&x=1')
    await client[Symbol.asyncDispose]()
  })

  test('keeps the body as it came and gives it unpacked beside', async () => {
    const text = JSON.stringify({ data: [{ text: 'ü'.repeat(1_000) }], links: {} })
    const packed = gzipSync(text)
    await using server = await loopback(
      (_, response) => void response.writeHead(200, { ...JSON_API, 'content-encoding': 'gzip' }).end(packed),
      (_, response) => void response.writeHead(200, JSON_API).end(text),
    )
    const { client } = harness(server.origin)
    await using _ = client
    const first = await client.get(request())
    expect(first.encoding).toBe('gzip')
    expect(first.raw.equals(packed)).toBe(true)
    expect(first.body.toString()).toBe(text)
    const second = await client.get(request())
    expect(second.encoding).toBe('identity')
    expect(second.raw).toBe(second.body)
    expect(client.usage('events')).toMatchObject({
      requests: 2,
      retries: 0,
      throttled: 0,
      bytes: packed.length + Buffer.byteLength(text),
    })
  })

  test('many go at the same time, over connections that are kept', async () => {
    const waiting: (() => void)[] = []
    const ports = new Set<number | undefined>()
    await using server = await loopback((request, response, number) => {
      ports.add(request.socket.remotePort)
      waiting.push(() => ok(request, response, number))
      if (waiting.length === 64) for (const release of waiting.splice(0)) release()
    })
    const { client } = harness(server.origin)
    await using _ = client
    for (let round = 0; round < 6; round += 1)
      await Promise.all(Array.from({ length: 64 }, () => client.get(request())))
    expect(server.requests).toHaveLength(384)
    expect(ports.size).toBeLessThanOrEqual(128)
  })

  test('an address with more in it than an origin, and a key that is none, are refused before anything is sent', () => {
    for (const baseUrl of [
      'ftp://a',
      'nonsense',
      'http://user:secret@h',
      'http://h/prefix',
      'http://h/?a=1',
    ]) {
      expect(() => harness(baseUrl)).toThrow(/base_url must be an address/)
    }
    for (const apiKey of ['', 'pk_a b', 'pk_a\nb', 'pk_ü']) {
      expect(() => harness('http://h', { apiKey: new Secret(apiKey) })).toThrow(
        /The API key of account "acme" (is empty|contains)/,
      )
    }
  })
})

describe('what asking again cannot mend is asked once', () => {
  const cases: readonly (readonly [string, Handler, RegExp])[] = [
    [
      '401',
      fault(401, 'authentication_failed', 'Incorrect authentication credentials.'),
      /^credentials: .*API key of account "acme"/,
    ],
    [
      '403 with the scopes named',
      fault(403, 'permission_denied', 'The API key is missing required scopes: profiles:read, lists:read'),
      /^credentials: .*table "events": it needs the scope "profiles:read", "lists:read"/,
    ],
    [
      '403 without',
      fault(403, 'permission_denied', 'No.'),
      /^credentials: .*it needs the scope "events:read"/,
    ],
    [
      '403 for another reason',
      fault(403, 'feature_missing', 'Not in your plan.'),
      /^credentials: .*"Not in your plan\."/,
    ],
    [
      '400',
      fault(400, 'invalid', `Invalid filter provided ${KEY}\u001b[31m`, { parameter: 'filter' }),
      /^source: .*\(400\): "Invalid filter provided \*\*\* \[31m" \(at "filter"\)/,
    ],
    ['404', fault(404, 'not_found', 'List X does not exist.'), /^source: .*"List X does not exist\."/],
    [
      '404 of a future revision',
      fault(404, 'not_found', 'Unable to specify a future revision date'),
      /^usage: .*"2026-07-15".*future/,
    ],
    [
      '400 of an old revision',
      fault(400, 'invalid', 'Revision is before the earliest available revision, 2024-10-15.'),
      /^usage: .*2024-10-15/,
    ],
    ['404 of something else', html(404), /^usage: .*is not Klaviyo's API .*Check base_url/],
    ['409 without words', answer(409, {}), /^source: .*\(409\)\. Asking again/],
    ['redirect', answer(302, {}, { location: 'http://evil.example/' }), /^source: .*redirect \(302\)/],
  ]
  test.each(cases)('%s', async (_, handler, text) => {
    await using server = await loopback(handler)
    const { client, clock } = harness(server.origin)
    await using _client = client
    expect(await told(client.get(request()))).toMatch(text)
    expect(server.requests).toHaveLength(1)
    expect(clock.slept).toEqual([])
  })
})

describe('what may pass is asked again', () => {
  const torn =
    (bytes: number): Handler =>
    (_, response) => {
      response.writeHead(200, { ...JSON_API, 'content-length': '100' })
      response.write('{"data":['.slice(0, bytes), () => response.socket?.destroy())
    }
  const cases: readonly (readonly [string, Handler, RegExp])[] = [
    ['500', fault(500, 'error', 'A server error occurred.'), /status 500: "A server error occurred\."/],
    ['503 in HTML', html(503), /an HTML page with status 503/],
    ['524', answer(524, {}), /status 524/],
    ['408', answer(408, {}), /status 408/],
    ["Cloudflare's 403", html(403), /an HTML page with status 403/],
    ['HTML that claims success', html(200), /an HTML page with status 200/],
    ['a reset', (request) => void request.socket.resetAndDestroy(), /the connection was (reset|closed)/],
    ['a body shorter than its length', torn(9), /the connection was closed early/],
    [
      'a chunked body without end',
      (_, response) =>
        void response.writeHead(200, JSON_API).write('{"data":[', () => response.socket?.destroy()),
      /the connection was closed early|not HTTP/,
    ],
    [
      'a gzip body that is cut off',
      (_, response) =>
        void response
          .writeHead(200, { ...JSON_API, 'content-encoding': 'gzip' })
          .end(gzipSync('x'.repeat(999)).subarray(0, 20)),
      /a compressed body that was cut off/,
    ],
    [
      'a gzip body that is none',
      (_, response) => void response.writeHead(200, { ...JSON_API, 'content-encoding': 'gzip' }).end('plain'),
      /a compressed body that is damaged/,
    ],
    [
      'an answer that is not HTTP',
      (request) => void request.socket.end('SMTP ready\r\n\r\n'),
      /not HTTP|closed early/,
    ],
  ]
  test.each(cases)('%s, and then it is good', async (_, handler) => {
    await using server = await loopback(handler, handler, ok)
    const { client, clock, events } = harness(server.origin)
    await using _client = client
    await client.get(request())
    expect(server.requests).toHaveLength(3)
    expect(clock.slept).toEqual([250, 500])
    expect(events.map(({ reason }) => reason)).toEqual(['backoff', 'backoff'])
    expect(client.usage('events')).toMatchObject({ requests: 3, retries: 2 })
  })

  test.each(cases)('%s, and it stays so', async (_, handler, text) => {
    await using server = await loopback(handler)
    const { client, clock } = harness(server.origin)
    await using _client = client
    const message = await told(client.get(request()))
    expect(message).toMatch(text)
    expect(message).toMatch(
      /^source: Table "events" .*tried 8 times in \d+ s\. What was loaded is kept; run the same command again/,
    )
    expect(server.requests).toHaveLength(8)
    expect(clock.slept.reduce((sum, delayMs) => sum + delayMs, 0)).toBeLessThanOrEqual(120_000)
  })

  test('a body that the caller cannot use counts as one that broke', async () => {
    await using server = await loopback(answer(200, { data: 1 }), ok)
    const { client, clock } = harness(server.origin)
    await using _ = client
    let checks = 0
    await client.get(
      request({
        check: () => {
          if ((checks += 1) === 1) throw new Error('half a page')
        },
      }),
    )
    expect([checks, server.requests.length, clock.slept.length]).toEqual([2, 2, 1])
  })

  test("a server's own wait is kept to, and one beyond all bounds ends it", async () => {
    await using server = await loopback(
      answer(503, {}, { 'retry-after': '7' }),
      answer(503, {}, { 'retry-after': '500' }),
    )
    const { client, clock } = harness(server.origin)
    await using _ = client
    expect(await told(client.get(request()))).toMatch(/status 503, tried 2 times/)
    expect(clock.slept).toEqual([7_000])
  })
})

describe('429', () => {
  test('waits as long as it says, and all of the budget with it', async () => {
    await using server = await loopback(answer(429, { errors: [] }, { 'retry-after': '11' }), ok)
    const { client, clock, events } = harness(server.origin)
    await using _ = client
    await client.get(request())
    expect(clock.slept).toEqual([11_000])
    await client.get(request())
    expect(clock.slept).toEqual([11_000])
    expect(events).toMatchObject([{ type: 'limited', table: 'events', waitMs: 11_000, reason: 'throttled' }])
    expect(client.usage('events')).toMatchObject({ requests: 3, throttled: 1, retries: 0 })
  })

  test('a wait of hours ends with the time to come back', async () => {
    await using server = await loopback(answer(429, { errors: [] }, { 'retry-after': '7200' }))
    const { client } = harness(server.origin)
    await using _ = client
    expect(await told(client.get(request()))).toMatch(
      /^source: Klaviyo's limit for "\/api\/events" is used up until 2026-05-01T02:00Z/,
    )
    expect(server.requests).toHaveLength(1)
  })

  test('without end it ends all the same', async () => {
    await using server = await loopback(answer(429, { errors: [] }))
    const { client } = harness(server.origin, { retries: { throttles: 4 } })
    await using _ = client
    expect(await told(client.get(request()))).toMatch(
      /answered 4 times that the limit .*others use the same account/,
    )
    expect(server.requests).toHaveLength(4)
  })

  test('limits in headers are taken up', async () => {
    await using server = await loopback(answer(200, { data: [] }, { 'ratelimit-limit': '1, 1;w=1, 15;w=60' }))
    const { client, clock } = harness(server.origin)
    await using _ = client
    await client.get(request())
    await client.get(request())
    expect(clock.slept.some((delayMs) => delayMs >= 1_000)).toBe(true)
  })

  test('ids in a path share a budget where the endpoint is named, classes do not', async () => {
    await using server = await loopback(answer(429, {}, { 'retry-after': '9' }), ok)
    const { client, clock } = harness(server.origin)
    await using _ = client
    const endpoint = '/api/lists/{id}/profiles'
    const first = client.get(request({ path: '/api/lists/A/profiles', endpoint }))
    await first
    expect(clock.slept).toEqual([9_000])
    await client.get(request({ path: '/api/lists/B/profiles', endpoint, rateClass: 'slow' }))
    expect(clock.slept).toEqual([9_000])
  })
})

const quiet: Handler = () => undefined
const stuck: Handler = (_, response) => void response.writeHead(200, JSON_API).write('{"data":')

describe('silence', () => {
  const limits = { attempts: 2, baseMs: 1 }

  test('of a server that does not answer, and of one that stops in the middle, is ended', async () => {
    for (const [handler, timeouts, text] of [
      [quiet, { headersMs: 400 }, /no answer within 0\.4 s, tried 2 times/],
      [
        stuck,
        { headersMs: 20_000, bodyIdleMs: 100 },
        /a body that came too slowly \(8 bytes in 0\.1 s\), tried 2 times/,
      ],
    ] as const) {
      await using server = await loopback(handler)
      const patience = { ...NO_TIMEOUTS, ...timeouts }
      const { client } = harness(server.origin, { clock: systemClock, timeouts: patience, retries: limits })
      await using _ = client
      expect(await told(client.get(request()))).toMatch(text)
      expect(server.requests).toHaveLength(2)
    }
  })

  test('is not what a slow but steady body is', async () => {
    await using server = await loopback((_, response) => {
      response.writeHead(200, JSON_API)
      const pieces = ['{', '"da', 'ta"', ':', '[', ']', '}']
      const send = (): void => {
        const piece = pieces.shift()
        if (piece === undefined) response.end()
        else response.write(piece, () => setTimeout(send, 30))
      }
      send()
    })
    const { client } = harness(server.origin, {
      clock: systemClock,
      timeouts: { ...NO_TIMEOUTS, headersMs: 2_000, bodyIdleMs: 100 },
      bodies: { leastBytes: 1 },
      retries: limits,
    })
    await using _ = client
    expect((await client.get(request())).body.toString()).toBe('{"data":[]}')
    expect(server.requests).toHaveLength(1)
  })
})

describe('an address where nobody is', () => {
  test('is told after three tries', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : 0
    await new Promise((resolve) => void server.close(resolve))
    const { client, clock } = harness(`http://127.0.0.1:${port}`)
    await using _ = client
    expect(await told(client.get(request()))).toMatch(
      /^source: "http:\/\/127\.0\.0\.1:\d+" cannot be reached: .*ECONNREFUSED\), tried 3 times in 1 s\. Check the address/,
    )
    expect(clock.slept).toEqual([250, 500])
  })

  test('one that speaks no TLS is asked once', async () => {
    await using server = await loopback(ok)
    const { client } = harness(server.origin.replace('http:', 'https:'))
    await using _ = client
    expect(await told(client.get(request()))).toMatch(
      /cannot be reached: what answers there speaks no TLS .*tried once\. If a sandbox is meant, write "http:\/\/"/,
    )
  })

  test('a name that is not found mentions what hides names', async () => {
    const { client } = harness('http://nobody.invalid')
    await using _ = client
    expect(await told(client.get(request()))).toMatch(/(ENOTFOUND|EAI_AGAIN)\), tried 3 times.*DNS blocklist/)
  })

  test('one that goes away later gets every attempt', async () => {
    const server = await loopback(ok)
    const { client } = harness(server.origin)
    await using _ = client
    await client.get(request())
    await server[Symbol.asyncDispose]()
    expect(await told(client.get(request()))).toMatch(/tried 8 times/)
  })
})

describe('an abort', () => {
  const reason = new SluiceError('interrupted', 'Stopped.')

  test('ends a request on its way, and its body', async () => {
    for (const handler of [quiet, stuck]) {
      const stop = new AbortController()
      await using server = await loopback((request, response, number) => {
        handler(request, response, number)
        setTimeout(() => stop.abort(reason), 20)
      })
      const { client, clock } = harness(server.origin)
      await using _ = client
      expect(await failure(client.get(request({ signal: stop.signal })))).toBe(reason)
      expect(clock.slept).toEqual([])
    }
  })

  test('ends a backoff and a wait for the limit, and nothing sleeps on', async () => {
    for (const handler of [answer(500, {}), answer(429, {}, { 'retry-after': '30' })]) {
      await using server = await loopback(handler)
      const clock = new ManualClock()
      const stop = new AbortController()
      const waiting = new Promise<void>((resolve) => {
        const { client } = harness(server.origin, {
          clock,
          governor: createGovernor({ clock }),
          onEvent: () => resolve(),
        })
        void failure(client.get(request({ signal: stop.signal }))).then((error) => {
          expect(error).toBe(reason)
          return client[Symbol.asyncDispose]()
        })
      })
      await waiting
      await clock.advance(1)
      expect(clock.sleeping).toBe(1)
      stop.abort(reason)
      await clock.advance(1)
      expect(clock.sleeping).toBe(0)
      expect(server.requests).toHaveLength(1)
    }
  })

  test('before the start sends nothing', async () => {
    await using server = await loopback(ok)
    const { client } = harness(server.origin)
    await using _ = client
    expect(await failure(client.get(request({ signal: AbortSignal.abort(reason) })))).toBe(reason)
    expect(server.requests).toHaveLength(0)
  })
})

test('the key is in nothing that can be printed', async () => {
  await using server = await loopback((request) => void request.socket.destroy())
  const { client, events } = harness(server.origin, { retries: { attempts: 2 } })
  await using _ = client
  const error = await failure(client.get(request()))
  for (const shown of [
    inspect(client, { depth: 20, showHidden: true }),
    inspect(error, { depth: 20, showHidden: true }),
    JSON.stringify(events),
    String(error),
  ]) {
    expect(shown).not.toContain(KEY)
  }
})
