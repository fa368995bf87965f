import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Sandbox } from '../../src/sandbox/index.ts'
import { NOW_S, startTiny } from './client.ts'
import { detailOf, raw, request } from './raw.ts'

/** A web page whose name resolves to 127.0.0.1 must not read or change anything: DNS rebinding. */
let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startTiny({ events: [{ timeS: NOW_S - 5 }] })
})
afterAll(() => sandbox.close())

const withHost = (host: string | null, target = '/api/events', headers: Record<string, string> = {}) =>
  raw(
    sandbox.port,
    request(sandbox.port, target, {
      headers: { ...headers, host: host?.replace('PORT', String(sandbox.port)) ?? null },
    }),
  )

describe('a host of ours', () => {
  test.for(['127.0.0.1:PORT', 'localhost:PORT', 'LOCALHOST:PORT', '[::1]:PORT'])('%s', async (host) => {
    expect((await withHost(host)).status).toBe(200)
    expect((await withHost(host, '/sandbox/now')).status).toBe(200)
  })
})

describe('any other is refused, by the API and by the control endpoints', () => {
  test.for([
    'evil.example',
    'evil.example:PORT',
    '127.0.0.1',
    '127.0.0.1:1',
    'localhost',
    'localhost.:PORT',
    'localhost:PORT.evil.example',
    'localhost.evil.example:PORT',
    'evil.example#localhost:PORT',
    'evil.example@localhost:PORT',
    '127.0.0.1:PORT, evil.example',
    '0.0.0.0:PORT',
    '127.1:PORT',
    '2130706433:PORT',
    '[::ffff:127.0.0.1]:PORT',
    'a.klaviyo.com',
    '',
  ])('%s', async (host) => {
    for (const target of ['/api/events', '/sandbox/stats', '/sandbox/truth/events', '/nothing']) {
      const answer = await withHost(host, target)
      expect(answer.status, target).toBe(403)
      expect(detailOf(answer)).toMatch(
        /^The sandbox answers to 127\.0\.0\.1:\d+, localhost:\d+, \[::1\]:\d+ only/,
      )
    }
  })

  test('a second one, whichever comes first', async () => {
    const own = `127.0.0.1:${sandbox.port}`
    for (const [first, second] of [
      [own, 'evil.example'],
      ['evil.example', own],
      [own, own],
    ] as const) {
      const twice = request(sandbox.port, '/sandbox/now', { headers: { host: first, Host: second } })
      expect((await raw(sandbox.port, twice)).status).toBe(403)
    }
  })

  test('one in the target, which outweighs the header; and the other way round', async () => {
    expect((await withHost('127.0.0.1:PORT', 'http://evil.example/sandbox/now')).status).toBe(403)
    const own = `http://127.0.0.1:${sandbox.port}/sandbox/now`
    expect((await withHost('evil.example', own)).status).toBe(200)
  })

  test('and changes nothing', async () => {
    const body = JSON.stringify({ ms: 60_000 })
    const headers = { host: `evil.example:${sandbox.port}` }
    await raw(sandbox.port, request(sandbox.port, '/sandbox/advance', { method: 'POST', body, headers }))
    expect(sandbox.clock.now()).toBe(NOW_S * 1000)
    expect(sandbox.stats().total.requests).toBeLessThan(10)
  })
})
