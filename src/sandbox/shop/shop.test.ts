import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { buildShop, makeEvents, makeProfile } from './shop.ts'
import type { Shop, ShopOptions } from './types.ts'

const options: ShopOptions = {
  seed: 7,
  profiles: 400,
  events: 3_000,
  account: 1,
  nowMs: Date.UTC(2026, 6, 20, 9, 30),
}
const shop = buildShop(options)

const exact = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part))

/** Of everything that a shop can be asked for. */
const fingerprint = ({ accountId, resources, profiles, events, memberships }: Shop): string => {
  const hash = createHash('sha256')
    .update(accountId)
    .update(exact([...resources]))
  for (let i = 0; i < profiles.count; i++) hash.update(exact(profiles.resource(i)))
  const target = Buffer.alloc(events.maxResourceBytes)
  for (let i = 0; i < events.count; i++) {
    hash.update(target.subarray(0, events.writeResource(i, target, 0, 'https://a.klaviyo.com')))
    hash.update(`${events.visibleAtMs(i)} ${exact(events.attributions(i))}`)
  }
  for (const { id } of [...(resources.get('list') ?? []), ...(resources.get('segment') ?? [])]) {
    hash.update(exact(memberships(id)))
  }
  return hash.digest('hex')
}

test('the same options give the same bytes', () => {
  expect(fingerprint(buildShop(options))).toBe(fingerprint(shop))
})

test('another seed, account or moment gives another shop', () => {
  const known = fingerprint(shop)
  for (const change of [{ seed: 8 }, { account: 2 }, { nowMs: options.nowMs + 86_400_000 }]) {
    expect(fingerprint(buildShop({ ...options, ...change }))).not.toBe(known)
  }
})

test('accounts share no ids, and differ in name, currency and timezone', () => {
  const other = buildShop({ ...options, account: 2 })
  expect(other.accountId).not.toBe(shop.accountId)
  for (const type of ['list', 'segment', 'flow', 'metric', 'campaign', 'template', 'tag']) {
    const ids = new Set(shop.resources.get(type)?.map(({ id }) => id))
    expect(other.resources.get(type)?.filter(({ id }) => ids.has(id))).toEqual([])
  }
  const facts = ({ resources }: Shop): unknown =>
    resources.get('account')?.[0]?.attributes['preferred_currency']
  expect(facts(other)).not.toBe(facts(shop))
})

test('relations between resources lead to resources', () => {
  const known = new Map(
    [...shop.resources].map(([type, resources]) => [type, new Set(resources.map(({ id }) => id))]),
  )
  const dangling = [...shop.resources.values()].flat().flatMap(({ type, id, relationships }) =>
    Object.entries(relationships)
      .flatMap(([name, relation]) => relation.ids.map((target) => ({ name, type: relation.type, target })))
      .filter((to) => {
        if (to.type === 'profile') return shop.profiles.find(to.target) < 0
        if (to.type === 'event') return shop.events.find(to.target) < 0
        if (to.type.startsWith('profile-object')) return false
        return known.get(to.type)?.has(to.target) !== true
      })
      .map((to) => `${type} ${id} ${to.name} → ${to.type} ${to.target}`),
  )
  expect(dangling.slice(0, 5)).toEqual([])
})

test('nothing was made or changed after now', () => {
  const past =
    /^(?:created|updated|created_at|updated_at|published_at|completed_at|started_at|recorded_date)$/u
  const ahead = [...shop.resources.values()].flat().flatMap(({ type, id, attributes }) =>
    Object.entries(attributes)
      .filter(
        ([name, value]) => past.test(name) && typeof value === 'string' && Date.parse(value) > options.nowMs,
      )
      .map(([name, value]) => `${type} ${id} ${name} ${String(value)}`),
  )
  expect(ahead.slice(0, 5)).toEqual([])
})

test('paged tables have more than one of their largest pages', () => {
  const pages: Readonly<Record<string, number>> = {
    list: 10,
    segment: 10,
    template: 10,
    flow: 50,
    tag: 50,
    campaign: 100,
    image: 100,
    form: 20,
    'catalog-item': 100,
    'catalog-variant': 100,
    'catalog-category': 100,
    'coupon-code': 100,
    review: 100,
    'web-feed': 20,
  }
  const small = Object.entries(pages).filter(
    ([type, size]) => (shop.resources.get(type)?.length ?? 0) <= size,
  )
  expect(small).toEqual([])
})

test('campaigns have three channels, flows and campaigns an archive, images a hidden part', () => {
  const all = (type: string) => shop.resources.get(type) ?? []
  const channels = new Set(all('campaign').map(({ meta }) => meta?.['messages.channel']))
  expect(channels).toEqual(new Set(['email', 'mobile_push', 'sms']))
  for (const [type, field] of [
    ['campaign', 'archived'],
    ['flow', 'archived'],
    ['image', 'hidden'],
  ] as const) {
    expect(new Set(all(type).map(({ attributes }) => attributes[field]))).toEqual(new Set([true, false]))
  }
  const statuses = new Set(all('campaign').map(({ attributes }) => attributes['status']))
  expect(statuses.size).toBeGreaterThan(3)
})

test('members are those of the list, in the order of joining; a profile names its lists', () => {
  const [list] = shop.resources.get('list') ?? []
  const members = shop.memberships(list?.id ?? '')
  expect(members.length).toBe(list?.attributes['profile_count'])
  expect(members.length).toBeGreaterThan(options.profiles / 2)
  expect(members.map(({ joinedAtMs }) => joinedAtMs)).toEqual(
    members.map(({ joinedAtMs }) => joinedAtMs).toSorted((a, b) => a - b),
  )
  for (const { profileIndex } of members.slice(0, 20)) {
    expect(shop.profiles.resource(profileIndex).relationships['lists']?.ids).toContain(list?.id)
  }
  expect(shop.memberships('nobody')).toEqual([])
})

test('profiles: facts agree, times are exact, properties are of every kind', () => {
  const { profiles } = shop
  const resources = Array.from({ length: profiles.count }, (_, i) => profiles.resource(i))
  for (const [i, { id, attributes }] of resources.entries()) {
    expect([id, attributes['email'], attributes['phone_number'], attributes['external_id']]).toEqual([
      profiles.id(i),
      profiles.email(i),
      profiles.phoneNumber(i),
      profiles.externalId(i),
    ])
    expect(profiles.find(id)).toBe(i)
    expect(Date.parse(String(attributes['updated']))).toBe(Math.floor(profiles.updatedMicros(i) / 1000))
  }
  const emails = resources.map(({ attributes }) => attributes['email']).filter((email) => email !== null)
  expect(new Set(emails).size).toBe(emails.length)
  const text = exact(resources)
  for (const part of [
    '"latitude":"',
    '"properties":{}',
    'UNSUBSCRIBED',
    'NEVER_SUBSCRIBED',
    '9007199254741',
    'さくら',
    'ليلى',
  ]) {
    expect(text).toContain(part)
  }
})

test('more events are like the others, within their time, and new', () => {
  const span = { fromS: options.nowMs / 1000, toS: options.nowMs / 1000 + 600 }
  const more = makeEvents(shop, { seed: 1, count: 200, ...span })
  expect(more).toHaveLength(200)
  expect(exact(makeEvents(shop, { seed: 1, count: 200, ...span }))).toBe(exact(more))
  const ids = [...more, ...makeEvents(shop, { seed: 2, count: 200, ...span })].map(({ id }) => id)
  expect(new Set(ids).size).toBe(400)
  for (const { id, type, attributes, relationships } of more) {
    expect(type).toBe('event')
    expect(shop.events.find(id)).toBe(-1)
    expect(attributes['timestamp']).toBeGreaterThanOrEqual(span.fromS)
    expect(attributes['timestamp']).toBeLessThan(span.toS)
    expect(shop.profiles.find(relationships['profile']?.ids[0] ?? '')).toBeGreaterThanOrEqual(0)
  }
})

test('a new profile is like the others, and new', () => {
  const atMs = options.nowMs + 5_000
  const { id, attributes, relationships } = makeProfile(shop, { seed: 1, atMs })
  const old = shop.profiles.resource(0)
  expect(Object.keys(attributes).sort()).toEqual(Object.keys(old.attributes).sort())
  expect(Object.keys(relationships).sort()).toEqual(Object.keys(old.relationships).sort())
  expect(shop.profiles.find(id)).toBe(-1)
  expect(Date.parse(String(attributes['updated']))).toBe(atMs)
})
