import { expect, test } from 'vitest'
import { get, NOW_S, startTiny } from './client.ts'

const tiny = { profiles: [NOW_S * 1_000_000] }

test('the burst window is fixed, aligned to the clock, and refuses with Retry-After', async () => {
  await using sandbox = await startTiny(tiny, { limits: 'real' })
  const first = await get(sandbox, '/api/accounts')
  expect(first.status).toBe(200)
  expect(first.headers.get('ratelimit-limit')).toBe('1, 1;w=1, 15;w=60')
  expect(first.headers.get('ratelimit-remaining')).toBe('0')
  const second = await get(sandbox, '/api/accounts')
  expect(second.status).toBe(429)
  expect(second.headers.get('retry-after')).toBe('1')
  expect(second.headers.get('ratelimit-limit')).toBeNull()
  expect(second.body.errors?.[0]).toMatchObject({
    code: 'throttled',
    detail: 'Request was throttled. Expected available in 1 second.',
    source: { pointer: '/data' },
  })
  sandbox.clock.advance(1_000)
  expect((await get(sandbox, '/api/accounts')).status).toBe(200)
})

test('the steady window counts over the minute and says how long it lasts', async () => {
  await using sandbox = await startTiny(tiny, { limits: 'real' })
  for (let second = 0; second < 15; second += 1) {
    expect((await get(sandbox, '/api/accounts')).status).toBe(200)
    sandbox.clock.advance(1_000)
  }
  const refused = await get(sandbox, '/api/accounts')
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '45'])
  sandbox.clock.advance(45_000)
  expect((await get(sandbox, '/api/accounts')).status).toBe(200)
  expect(sandbox.stats().operations['get_accounts']).toMatchObject({
    requests: 17,
    succeeded: 16,
    throttled: 1,
  })
})

test('accounts, operations and costly parameters have budgets of their own', async () => {
  await using sandbox = await startTiny(tiny, { limits: 'real', accounts: 2 })
  const status = async (path: string, key = 'pk_test'): Promise<number> =>
    (await get(sandbox, path, { authorization: `Klaviyo-API-Key ${key}` })).status
  expect([await status('/api/accounts'), await status('/api/accounts')]).toEqual([200, 429])
  expect(await status('/api/accounts', 'pk_test_2')).toBe(200)
  expect(await status('/api/accounts/ACC001')).toBe(404)
  expect(await status('/api/webhooks')).toBe(200)
  const costly = '/api/profiles?additional-fields[profile]=predictive_analytics'
  const statuses = []
  for (let n = 0; n < 11; n += 1) statuses.push(await status(costly))
  expect(statuses).toEqual([...Array.from({ length: 10 }, () => 200), 429])
  expect(await status('/api/profiles')).toBe(200)
})

test('a wrong key costs nothing and shows no limits', async () => {
  await using sandbox = await startTiny(tiny, { limits: 'real' })
  const refused = await get(sandbox, '/api/accounts', { authorization: 'Klaviyo-API-Key nope' })
  expect([refused.status, refused.headers.get('ratelimit-limit')]).toEqual([401, null])
  expect((await get(sandbox, '/api/accounts')).status).toBe(200)
})

test('time can run faster than on the wall', async () => {
  await using sandbox = await startTiny(tiny, { limits: 'real', timeScale: 60 })
  const before = sandbox.clock.now()
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(sandbox.clock.now() - before).toBeGreaterThanOrEqual(2_500)
})
