import { describe, expect, test } from 'vitest'
import { SluiceError } from '../../model/errors.ts'
import type { SendRequest } from './client.ts'
import {
  answer,
  failure,
  fault,
  harness,
  html,
  JSON_API,
  loopback,
  type Handler,
} from './loopback.test-help.ts'

const send = (more: Partial<SendRequest> = {}): SendRequest => ({
  method: 'POST',
  path: '/api/lists/A/relationships/profiles',
  endpoint: '/api/lists/{id}/relationships/profiles',
  rate: { perSecond: 10, perMinute: 150 },
  document: { data: [{ type: 'profile', id: 'ü' }] },
  repeatable: false,
  operation: { name: 'list members', scopes: ['lists:write'] },
  signal: new AbortController().signal,
  ...more,
})

const empty =
  (status: number): Handler =>
  (_, response) =>
    void response.writeHead(status).end()
const cut: Handler = (request) => void request.socket.destroy()
/** Takes all of the request and then hangs up. */
const swallowed: Handler = (request) => void request.on('end', () => request.socket.destroy()).resume()

describe('a send', () => {
  test('carries its document, and is done with any status of success, body or none', async () => {
    const bodies: string[] = []
    const collect: Handler = (request, response) => {
      request.setEncoding('utf8').on('data', (piece: string) => bodies.push(piece))
      request.on('end', () => void response.writeHead(202, JSON_API).end('{"data":{"id":"job"}}'))
    }
    await using server = await loopback(collect, empty(204), empty(202))
    const { client } = harness(server.origin)
    await using _ = client
    expect(await client.send(send())).toMatchObject({ kind: 'taken', response: { status: 202 } })
    expect(bodies).toEqual(['{"data":[{"type":"profile","id":"ü"}]}'])
    expect(server.requests[0]?.method).toBe('POST')
    expect(server.requests[0]?.headers).toMatchObject({ ...JSON_API, 'content-length': '39' })
    expect(server.requests[0]?.headers['transfer-encoding']).toBeUndefined()
    for (const [method, status] of [
      ['DELETE', 204],
      ['PATCH', 202],
    ] as const)
      expect(await client.send(send({ method, document: null }))).toMatchObject({
        kind: 'taken',
        response: { status },
      })
    expect(client.usage('list members')).toMatchObject({ requests: 3, retries: 0 })
  })

  test.each([400, 404, 409, 413, 422])('that Klaviyo refuses with %i brings its reasons', async (status) => {
    await using server = await loopback(
      fault(status, 'duplicate', 'A profile already exists.', { pointer: '/data/attributes' }),
    )
    const { client, clock } = harness(server.origin)
    await using _ = client
    const ending = await client.send(send())
    expect(ending).toMatchObject({
      kind: 'refused',
      status,
      errors: [{ code: 'duplicate', detail: 'A profile already exists.', source: '/data/attributes' }],
    })
    expect(server.requests).toHaveLength(1)
    expect(clock.slept).toEqual([])
  })

  test('with a wrong key, or to what is no Klaviyo, fails for all that follow', async () => {
    for (const [handler, kind, text] of [
      [fault(401, 'x', 'No.'), 'credentials', /does not accept the API key/],
      [
        fault(403, 'permission_denied', 'No.'),
        'credentials',
        /may not send "list members": it needs the scope "lists:write"/,
      ],
      [html(404), 'usage', /is not Klaviyo's API/],
    ] as const) {
      await using server = await loopback(handler)
      const { client } = harness(server.origin)
      await using _ = client
      expect(await failure(client.send(send()))).toMatchObject({
        fault: kind,
        message: expect.stringMatching(text),
      })
    }
  })

  test('waits for the limits like any request, a day where that is asked for', async () => {
    const day = answer(429, { errors: [] }, { 'retry-after': '80000' })
    await using server = await loopback(day, empty(202))
    const { client, clock } = harness(server.origin)
    await using _ = client
    expect(client.waitMs(send())).toBe(0)
    expect(await failure(client.send(send()))).toMatchObject({ code: 'limit-used-up' })
    expect(client.waitMs(send())).toBe(80_000_000)
    expect(await client.send(send({ limits: { maxWaitMs: 86_400_000 } }))).toMatchObject({ kind: 'taken' })
    expect(clock.slept.reduce((sum, ms) => sum + ms, 0)).toBe(80_000_000)
    expect(Math.max(...clock.slept)).toBeLessThanOrEqual(3_600_000)
  })
})

describe('no answer', () => {
  const cases: readonly (readonly [string, Handler, RegExp])[] = [
    ['a connection that is cut', cut, /reset|closed/],
    ['one that is cut after all was read', swallowed, /reset|closed/],
    ['500', answer(500, {}), /status 500/],
    ['504', answer(504, {}), /status 504/],
    ['408', answer(408, {}), /status 408/],
    ['HTML that claims success', html(200), /HTML page with status 200/],
    [
      'half an answer',
      (_, response) => {
        response.writeHead(202, { ...JSON_API, 'content-length': '50' })
        response.write('{', () => response.socket?.destroy())
      },
      /closed early/,
    ],
  ]

  test.each(cases)(
    'after %s: what must not be repeated is not, and nobody calls it done',
    async (_, handler, why) => {
      await using server = await loopback(handler, empty(202))
      const { client, clock } = harness(server.origin)
      await using _client = client
      expect(await client.send(send())).toEqual({ kind: 'unknown', why: expect.stringMatching(why) })
      expect(server.requests).toHaveLength(1)
      expect(clock.slept).toEqual([])
    },
  )

  test.each(cases)('after %s: what is repeatable is sent again', async (_, handler) => {
    await using server = await loopback(handler, empty(202))
    const { client } = harness(server.origin)
    await using _client = client
    expect(await client.send(send({ repeatable: true }))).toMatchObject({ kind: 'taken' })
    expect(server.requests).toHaveLength(2)
  })

  test('what certainly had no effect is sent again, whatever it is', async () => {
    for (const handler of [answer(429, {}, { 'retry-after': '1' }), html(403), answer(425, {})]) {
      await using server = await loopback(handler, empty(202))
      const { client } = harness(server.origin)
      await using _ = client
      expect(await client.send(send())).toMatchObject({ kind: 'taken' })
      expect(server.requests).toHaveLength(2)
    }
  })

  test('where nobody was there to take it, it was not sent, and fails as a read does', async () => {
    const gone = await loopback(empty(202))
    await gone[Symbol.asyncDispose]()
    const { client } = harness(gone.origin)
    await using _ = client
    const error = await failure(client.send(send()))
    expect(error).toBeInstanceOf(SluiceError)
    expect(String(error)).toMatch(/cannot be reached: .*ECONNREFUSED\), tried 3 times/)
  })

  test('an attempt limit of its own holds for one call', async () => {
    await using server = await loopback(answer(500, {}))
    const { client } = harness(server.origin)
    await using _ = client
    const error = await failure(client.send(send({ repeatable: true, limits: { attempts: 2 } })))
    expect(String(error)).toMatch(/"list members" could not be sent to .*tried 2 times .*send what is left/)
  })
})
