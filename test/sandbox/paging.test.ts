import { afterEach, expect, test } from 'vitest'
import type { Sandbox } from '../../src/sandbox/index.ts'
import { all, get, ids, NOW_S, startTiny } from './client.ts'
import { eventId, profileId } from './tiny-shop.ts'

let sandbox: Sandbox
afterEach(() => sandbox.close())

const window = (from: number, to: number): string =>
  encodeURIComponent(
    `greater-or-equal(datetime,${new Date(from * 1000).toISOString()}),less-than(datetime,${new Date(to * 1000).toISOString()})`,
  )

test('pages of a window hold exactly its rows, ties longer than a page included', async () => {
  const times = [NOW_S - 100, ...Array.from({ length: 7 }, () => NOW_S - 50), NOW_S - 50 + 1, NOW_S - 10]
  sandbox = await startTiny({ events: times.map((timeS) => ({ timeS })) })
  const pages = await all(
    sandbox,
    `/api/events?filter=${window(NOW_S - 50, NOW_S - 49)}&sort=datetime&page[size]=3`,
  )
  expect(pages.map((page) => page.body.data.length)).toEqual([3, 3, 1])
  expect(ids(pages)).toEqual([1, 2, 3, 4, 5, 6, 7].map(eventId))
  const down = await all(
    sandbox,
    `/api/events?filter=${window(NOW_S - 100, NOW_S - 10)}&sort=-datetime&page[size]=4`,
  )
  expect(ids(down)).toEqual([8, 7, 6, 5, 4, 3, 2, 1, 0].map(eventId))
})

test('next repeats the parameters at the origin of Klaviyo, and ends with an explicit null', async () => {
  sandbox = await startTiny({ events: [{ timeS: NOW_S - 3 }, { timeS: NOW_S - 2 }] })
  const first = await get(sandbox, '/api/events/?sort=datetime&page[size]=1')
  expect(first.body.links.next).toMatch(
    /^https:\/\/a\.klaviyo\.com\/api\/events\?sort=datetime&page%5Bsize%5D=1&page%5Bcursor%5D=[\w-]+$/,
  )
  expect(first.body.links.prev).toBeNull()
  const last = await get(
    sandbox,
    new URL(first.body.links.next ?? '').pathname + new URL(first.body.links.next ?? '').search,
  )
  expect(last.body.links.next).toBeNull()
  const back = await get(
    sandbox,
    new URL(last.body.links.prev ?? '').pathname + new URL(last.body.links.prev ?? '').search,
  )
  expect(ids([back])).toEqual(ids([first]))
})

test('a cursor belongs to its query and its account', async () => {
  sandbox = await startTiny({ events: [{ timeS: NOW_S - 3 }, { timeS: NOW_S - 2 }] }, { accounts: 2 })
  const first = await get(sandbox, '/api/events?sort=datetime&page[size]=1')
  const cursor = new URL(first.body.links.next ?? '').searchParams.get('page[cursor]') ?? ''
  const refused = [
    await get(sandbox, `/api/events?sort=-datetime&page[size]=1&page[cursor]=${cursor}`),
    await get(sandbox, `/api/events?sort=datetime&page[size]=1&page[cursor]=${cursor}`, {
      authorization: 'Klaviyo-API-Key pk_test_2',
    }),
    await get(sandbox, '/api/events?sort=datetime&page[cursor]=bm9uc2Vuc2U'),
  ]
  for (const { status, body } of refused) {
    expect(status).toBe(400)
    expect(body.errors?.[0]).toMatchObject({
      detail: 'Invalid cursor provided.',
      source: { pointer: '/data/' },
    })
  }
  expect((await get(sandbox, `/api/events?sort=datetime&page[size]=2&page[cursor]=${cursor}`)).status).toBe(
    200,
  )
})

test('data changes between pages: what comes in behind is not seen, what moves ahead is seen again', async () => {
  const micros = (s: number): number => s * 1_000_000
  sandbox = await startTiny({ profiles: [10, 20, 30, 40].map((before) => micros(NOW_S - 100 + before)) })
  const changes = sandbox.changes()
  sandbox.after('get_profiles', 1, () => {
    changes.touchProfile(profileId(0))
    changes.deleteResource('profile', profileId(2))
  })
  const pages = await all(sandbox, '/api/profiles?sort=updated&page[size]=2')
  expect(ids(pages)).toEqual([0, 1, 3, 0].map(profileId))
})

test('events become visible late, and late ones come in at their own time', async () => {
  sandbox = await startTiny({
    events: [{ timeS: NOW_S - 100 }, { timeS: NOW_S - 90, visibleAtMs: NOW_S * 1000 + 5_000 }],
  })
  expect(ids(await all(sandbox, '/api/events?sort=datetime'))).toEqual([eventId(0)])
  const inserted = sandbox.changes().insertEvent({ atS: NOW_S - 95, visibleAfterMs: 4_000 })
  sandbox.clock.advance(4_500)
  expect(ids(await all(sandbox, '/api/events?sort=datetime'))).toEqual([eventId(0), inserted])
  sandbox.clock.advance(1_000)
  expect(ids(await all(sandbox, '/api/events?sort=datetime&page[size]=1'))).toEqual([
    eventId(0),
    inserted,
    eventId(1),
  ])
})

test('an empty page has a next link that leads to the rows', async () => {
  sandbox = await startTiny({ events: [{ timeS: NOW_S - 3 }, { timeS: NOW_S - 2 }, { timeS: NOW_S - 1 }] })
  sandbox.script('get_events', [{ kind: 'empty page' }, { kind: 'short page', share: 0.5 }])
  const pages = await all(sandbox, '/api/events?sort=datetime&page[size]=2')
  expect(pages.map((page) => page.body.data.length)).toEqual([0, 1, 2])
  expect(ids(pages)).toEqual([0, 1, 2].map(eventId))
})

test('digits that no double holds survive, on every way out', async () => {
  sandbox = await startTiny({ events: [{ timeS: NOW_S - 3 }], profiles: [0] })
  expect((await get(sandbox, '/api/events')).text).toContain('"huge":9007199254740993')
  expect((await get(sandbox, '/api/events?fields[event]=event_properties')).text).toContain(
    '"huge":9007199254740993',
  )
  expect((await get(sandbox, '/api/profiles')).text).toContain(`"big":${2n ** 60n + 1n}`)
  expect([...sandbox.truth('events')][0]).toContain('"huge":9007199254740993')
})
