import { expect, test } from 'vitest'
import { faultPlan, faultRates } from '../../src/sandbox/faults.ts'
import { get, NOW_S, startTiny } from './client.ts'

const tiny = { events: Array.from({ length: 50 }, (_, i) => ({ timeS: NOW_S - i })) }

test('scripted faults befall the next requests of an operation, then all is well', async () => {
  await using sandbox = await startTiny(tiny)
  sandbox.script('get_events', [
    { kind: 'status', status: 503 },
    { kind: 'challenge' },
    { kind: 'throttle', retryAfterSeconds: 3 },
    { kind: 'truncated', at: 0.5 },
    { kind: 'reset', at: 'before' },
    { kind: 'reset', at: 0.5 },
    { kind: 'answer', status: 200, headers: { 'content-type': 'text/plain' }, body: 'what?' },
  ])
  expect((await get(sandbox, '/api/lists')).status).toBe(200)
  expect((await get(sandbox, '/api/events')).status).toBe(503)
  const challenge = await get(sandbox, '/api/events')
  expect([challenge.status, challenge.headers.get('content-type')]).toEqual([403, 'text/html; charset=UTF-8'])
  const throttled = await get(sandbox, '/api/events')
  expect([throttled.status, throttled.headers.get('retry-after')]).toEqual([429, '3'])
  await expect(get(sandbox, '/api/events')).rejects.toThrow(SyntaxError)
  await expect(get(sandbox, '/api/events')).rejects.toThrow('fetch failed')
  await expect(get(sandbox, '/api/events')).rejects.toThrow('terminated')
  expect((await get(sandbox, '/api/events')).text).toBe('what?')
  expect((await get(sandbox, '/api/events')).status).toBe(200)
  expect(sandbox.stats().operations['get_events']).toMatchObject({
    requests: 8,
    succeeded: 2,
    throttled: 1,
    failed: 5,
  })
})

test('a hook sees every request and may break it', async () => {
  const seen: string[] = []
  await using sandbox = await startTiny(tiny, {
    onRequest: ({ operation, nth, account }) => {
      seen.push(`${operation} ${nth} ${account}`)
      return nth === 2 ? { kind: 'status', status: 500 } : null
    },
  })
  const statuses = [
    await get(sandbox, '/api/events'),
    await get(sandbox, '/api/events'),
    await get(sandbox, '/api/lists'),
  ]
  expect(statuses.map(({ status }) => status)).toEqual([200, 500, 200])
  expect(seen).toEqual(['get_events 1 1', 'get_events 2 1', 'get_lists 1 1'])
})

test('a slow body arrives whole, a hanging one never', async () => {
  await using sandbox = await startTiny(tiny)
  sandbox.script('get_events', [{ kind: 'slow', overMs: 60 }, { kind: 'hang' }])
  const started = performance.now()
  expect((await get(sandbox, '/api/events')).body.data.length).toBe(50)
  expect(performance.now() - started).toBeGreaterThan(50)
  const signal = AbortSignal.timeout(100)
  await expect(fetch(`${sandbox.url}/api/events`, { signal })).rejects.toThrow(/timeout/)
})

test('the same seed breaks the same requests, about as often as the table says', () => {
  const harsh = (seed: number): readonly (string | undefined)[] =>
    Array.from({ length: 4_000 }, (_, n) => faultPlan('harsh', seed)(n, false)?.kind)
  expect(harsh(7)).toEqual(harsh(7))
  expect(harsh(7)).not.toEqual(harsh(8))
  const wanted = faultRates.harsh.reduce((sum, [share]) => sum + share, 0)
  const found = harsh(7).filter((kind) => kind !== undefined).length / 4_000
  expect(Math.abs(found - wanted)).toBeLessThan(0.05)
  expect(Array.from({ length: 500 }, (_, n) => faultPlan('none', 7)(n, true))).toEqual(Array(500).fill(null))
})

test('answers are compressed only where the sandbox was told to', async () => {
  await using plain = await startTiny(tiny)
  await using zipped = await startTiny(tiny, { gzip: true })
  expect((await get(plain, '/api/events')).headers.get('content-encoding')).toBeNull()
  const response = await get(zipped, '/api/events')
  expect(response.headers.get('content-encoding')).toBe('gzip')
  expect(response.body.data.length).toBe(50)
})

test('latency is waited for', async () => {
  await using sandbox = await startTiny(tiny, { latencyMs: { meanMs: 60, jitterMs: 20 } })
  const started = performance.now()
  await get(sandbox, '/api/events')
  expect(performance.now() - started).toBeGreaterThan(38)
})
