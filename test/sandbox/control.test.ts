import { expect, test } from 'vitest'
import type { Sandbox } from '../../src/sandbox/index.ts'
import { get, ids, NOW_S, startTiny } from './client.ts'
import { eventId, profileId } from './tiny-shop.ts'

const tiny = { events: [{ timeS: NOW_S - 10 }, { timeS: NOW_S - 5 }], profiles: [1_000_000, 2_000_000] }

const post = async (sandbox: Sandbox, path: string, body: unknown): Promise<unknown> => {
  const response = await fetch(`${sandbox.url}/sandbox/${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
  })
  return { status: response.status, ...((await response.json()) as object) }
}

test('another process can move time, change data and read the truth', async () => {
  await using sandbox = await startTiny(tiny)
  expect(await post(sandbox, 'advance', { ms: 60_000 })).toEqual({ status: 200, nowMs: (NOW_S + 60) * 1000 })
  expect(await post(sandbox, 'touch', { ids: [profileId(0), 'nobody'] })).toEqual({ status: 200, touched: 1 })
  expect(ids([await get(sandbox, '/api/profiles?sort=updated')])).toEqual([1, 0].map(profileId))
  expect(
    await post(sandbox, 'update', { type: 'profile', id: profileId(1), attributes: { first_name: 'Zoë' } }),
  ).toMatchObject({ changed: true })
  expect(await post(sandbox, 'delete', { type: 'event', id: eventId(0) })).toMatchObject({ deleted: true })

  const truth = await (await fetch(`${sandbox.url}/sandbox/truth/profiles`)).text()
  const profiles = truth
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { id: string; attributes: Record<string, unknown> })
  expect(profiles.map(({ id }) => id)).toEqual([0, 1].map(profileId))
  expect(profiles[1]?.attributes).toMatchObject({ first_name: 'Zoë', updated: '2026-11-20T12:01:00+00:00' })
  expect((await (await fetch(`${sandbox.url}/sandbox/truth/events`)).text()).trim().split('\n').length).toBe(
    1,
  )

  const stats = (await (await fetch(`${sandbox.url}/sandbox/stats`)).json()) as {
    total: { requests: number }
  }
  expect(stats.total.requests).toBe(1)
  expect((await (await fetch(`${sandbox.url}/sandbox`)).json()) as object).toMatchObject({ url: sandbox.url })
})

test('the truth is what the list sends, byte for byte', async () => {
  await using sandbox = await startTiny(tiny)
  sandbox.changes().insertEvent({ atS: NOW_S - 7, properties: { n: 1 } })
  for (const path of ['events?sort=datetime', 'profiles']) {
    const { text } = await get(sandbox, `/api/${path}`)
    expect(text).toContain(`"data":[${[...sandbox.truth(path.replace(/\?.*/, ''))].join(',')}]`)
  }
})

test('what control cannot do, it says; pages in a browser it does not answer', async () => {
  await using sandbox = await startTiny(tiny)
  expect(await post(sandbox, 'nonsense', {})).toMatchObject({ status: 404 })
  expect(await post(sandbox, 'advance', {})).toEqual({
    status: 400,
    error: '"ms" must be a whole number from 0 to 9007199254740991.',
  })
  const foreign = await fetch(`${sandbox.url}/sandbox/stats`, { headers: { origin: 'https://example.com' } })
  expect(foreign.status).toBe(403)
})
