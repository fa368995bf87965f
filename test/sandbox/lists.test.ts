import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Sandbox } from '../../src/sandbox/index.ts'
import { all, get, ids, NOW_S, startTiny } from './client.ts'
import { eventId, profileId } from './tiny-shop.ts'

const resource = (
  type: string,
  id: string,
  attributes: Record<string, unknown>,
  relationships: Record<string, { many: boolean; type: string; ids: string[] }> = {},
  meta: Record<string, unknown> = {},
) => ({ type, id, attributes, relationships, meta })

const campaign = (id: string, channel: string, archived: boolean) =>
  resource(
    'campaign',
    id,
    { name: id, archived, updated_at: `2026-01-0${id.length}T00:00:00.500000+00:00` },
    {
      'campaign-messages': { many: true, type: 'campaign-message', ids: [`m${id}`] },
      tags: { many: true, type: 'tag', ids: ['T1'] },
    },
    { 'messages.channel': channel },
  )

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startTiny({
    events: [
      { timeS: NOW_S - 9, metric: 'MetrcA', profile: 0 },
      { timeS: NOW_S - 8, metric: null, profile: 1 },
      { timeS: NOW_S - 7, metric: 'MetrcA', profile: 0 },
    ],
    profiles: [1, 2, 3].map((n) => (NOW_S - 1000 + n) * 1_000_000 + 700_000),
    resources: [
      campaign('A', 'email', false),
      campaign('BB', 'email', true),
      campaign('CCC', 'sms', false),
      resource(
        'campaign-message',
        'mA',
        { created_at: null },
        { campaign: { many: false, type: 'campaign', ids: ['A'] } },
      ),
      resource(
        'tag',
        'T1',
        { name: 'sale' },
        { 'tag-group': { many: false, type: 'tag-group', ids: ['G1'] } },
      ),
      resource('tag-group', 'G1', { name: 'all', exclusive: false, default: true }),
      resource('metric', 'MetrcA', { name: 'Placed Order' }),
      resource(
        'list',
        'LISTaa',
        { name: 'News', created: '2026-01-01T00:00:00+00:00' },
        { tags: { many: true, type: 'tag', ids: [] } },
      ),
      resource('image', '1', { name: 'x', hidden: false, size: 10 }),
      resource('image', '2', { name: 'y', hidden: true, size: 20 }),
      resource('coupon', 'C1', { external_id: 'C1' }),
      resource(
        'coupon-code',
        'C1-a',
        { unique_code: 'a', status: 'USED' },
        { coupon: { many: false, type: 'coupon', ids: ['C1'] } },
      ),
    ],
    members: {
      LISTaa: [
        { profileIndex: 2, joinedAtMs: (NOW_S - 500) * 1000 },
        { profileIndex: 0, joinedAtMs: (NOW_S - 400) * 1000 },
      ],
    },
  })
})
afterAll(() => sandbox.close())

const filter = (text: string): string => `filter=${encodeURIComponent(text)}`
const idsOf = async (path: string): Promise<readonly string[]> => ids(await all(sandbox, path))

test('campaigns come by channel, archived ones only when asked for', async () => {
  expect(await idsOf(`/api/campaigns?${filter("equals(messages.channel,'email')")}`)).toEqual(['A'])
  expect(
    await idsOf(`/api/campaigns?${filter("equals(messages.channel,'email'),equals(archived,true)")}`),
  ).toEqual(['BB'])
  expect(await idsOf(`/api/campaigns?${filter("and(equals(messages.channel,'sms'))")}`)).toEqual(['CCC'])
  expect(await idsOf('/api/images')).toEqual(['1'])
  expect(await idsOf(`/api/images?${filter('any(hidden,[true,false])')}`)).toEqual(['1', '2'])
  expect([...sandbox.truth('campaigns')].length).toBe(3)
})

test('relations are links, with ids where embedded or included', async () => {
  const path = `/api/campaigns?${filter("equals(messages.channel,'email')")}`
  const plain = (await get(sandbox, path)).body.data[0]?.relationships
  expect(plain?.['campaign-messages']?.data).toEqual([{ type: 'campaign-message', id: 'mA' }])
  expect(Object.keys(plain?.['tags'] ?? {})).toEqual(['links'])
  const withTags = (await get(sandbox, `${path}&include=tags`)).body
  expect(withTags.data[0]?.relationships['tags']?.data).toEqual([{ type: 'tag', id: 'T1' }])
  expect(withTags.included?.map(({ type, id }) => `${type} ${id}`)).toEqual(['tag T1'])
  const list = (await get(sandbox, '/api/lists?include=tags')).body
  expect([list.data[0]?.relationships['tags']?.data, list.included]).toEqual([[], []])
})

test('included rows come once a page, in the order in which the page meets them', async () => {
  const { body } = await get(sandbox, '/api/events?include=metric,profile&sort=datetime')
  const found = body.included?.map(({ type, id }) => `${type} ${id}`)
  expect(found).toEqual(['metric MetrcA', `profile ${profileId(0)}`, `profile ${profileId(1)}`])
})

test('events of a lost metric come from 2026-07-15 on', async () => {
  expect(await idsOf('/api/events?sort=datetime')).toEqual([0, 1, 2].map(eventId))
  expect(await idsOf(`/api/events?sort=datetime&${filter('has(metric)')}`)).toEqual([0, 2].map(eventId))
  const older = await all(sandbox, '/api/events?sort=datetime', { revision: '2026-04-15' })
  expect(ids(older)).toEqual([0, 2].map(eventId))
  expect(
    await idsOf(
      `/api/events?${filter('equals(metric_id,"MetrcA"),greater-than(timestamp,' + (NOW_S - 8) + ')')}`,
    ),
  ).toEqual([eventId(2)])
})

test('bounds are whole seconds, values are not', async () => {
  const second = new Date((NOW_S - 999) * 1000).toISOString()
  // Stored at .7 of that second: greater than it, and not less than it.
  expect(await idsOf(`/api/profiles?sort=updated&${filter(`greater-than(updated,${second})`)}`)).toEqual(
    [0, 1, 2].map(profileId),
  )
  expect(await idsOf(`/api/profiles?sort=-updated&${filter(`less-than(updated,${second})`)}`)).toEqual([])
  expect(
    await idsOf(`/api/profiles?${filter(`less-than(updated,${second.replace('.000Z', '.999Z')})`)}`),
  ).toEqual([])
})

test('sparse fieldsets keep what they name, dots included', async () => {
  const { body } = await get(sandbox, '/api/profiles?fields[profile]=email,location.city')
  expect(body.data[0]?.attributes).toEqual({ email: 'p0@example.com', location: { city: 'Köln' } })
  expect(body.data[0]?.relationships['lists']).toBeDefined()
})

test('unset attributes are null, costly ones absent until asked for', async () => {
  const plain = (await get(sandbox, '/api/profiles')).body.data[0]?.attributes ?? {}
  expect(plain).toMatchObject({ phone_number: null, first_name: null })
  expect(plain).not.toHaveProperty('subscriptions')
  const costly = await get(sandbox, '/api/profiles?additional-fields[profile]=subscriptions')
  expect(costly.body.data[0]?.attributes).toHaveProperty(
    'subscriptions.email.marketing.consent',
    'SUBSCRIBED',
  )
  expect(costly.body.data[0]?.attributes).not.toHaveProperty('predictive_analytics')
})

test('members carry the time they joined, and can be filtered by it', async () => {
  const { body } = await get(sandbox, '/api/lists/LISTaa/profiles')
  expect(body.data.map(({ id }) => id)).toEqual([2, 0].map(profileId))
  expect(body.data[0]?.attributes['joined_group_at']).toBe('2026-11-20T11:51:40+00:00')
  const later = filter('greater-than(joined_group_at,2026-11-20T11:52:00Z)')
  expect(await idsOf(`/api/lists/LISTaa/relationships/profiles?${later}`)).toEqual([profileId(0)])
  expect(await idsOf(`/api/profiles/${profileId(2)}/lists`)).toEqual(['LISTaa'])
})

test('parents know their children and children their parents', async () => {
  expect(await idsOf('/api/coupons/C1/coupon-codes')).toEqual(['C1-a'])
  expect(await idsOf(`/api/coupon-codes?${filter('any(coupon.id,["C1","C2"])')}`)).toEqual(['C1-a'])
  expect(await idsOf('/api/tags/T1/relationships/campaigns')).toEqual(['A', 'BB', 'CCC'])
  const one = await get(sandbox, `/api/events/${eventId(0)}/metric`)
  expect((one.body.data as unknown as { id: string }).id).toBe('MetrcA')
  const none = await get(sandbox, `/api/events/${eventId(1)}/relationships/metric`)
  expect(none.body.data).toBeNull()
})

test('attributes that the spec does not know can be added', async () => {
  await using drifting = await startTiny({ profiles: [0] }, { unknownAttributes: true })
  expect((await get(drifting, '/api/profiles')).body.data[0]?.attributes).toMatchObject({
    added_tomorrow: 'new',
    anonymous_id: null,
  })
  await using chosen = await startTiny(
    { events: [{ timeS: 1 }] },
    { unknownAttributes: { event: { tier: 3 } } },
  )
  expect((await get(chosen, '/api/events')).body.data[0]?.attributes).toMatchObject({ tier: 3, uuid: 'u-0' })
})
