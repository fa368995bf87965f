import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Sandbox } from '../../src/sandbox/index.ts'
import { get, startTiny, NOW_S } from './client.ts'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startTiny(
    {
      events: [{ timeS: NOW_S - 5 }],
      profiles: [NOW_S * 1_000_000],
      resources: [
        { type: 'list', id: 'LISTaa', attributes: { name: 'One' }, relationships: {} },
        { type: 'webhook', id: 'W', attributes: { name: 'hook' }, relationships: {} },
      ],
    },
    { keys: { pk_metrics: { account: 1, scopes: ['metrics:read'] } } },
  )
})
afterAll(() => sandbox.close())

const revision = (date: string | null): Record<string, string | null> => ({ revision: date })
const key = (authorization: string | null): Record<string, string | null> => ({ authorization })
const filter = (text: string): string => `filter=${encodeURIComponent(text)}`
const CAMPAIGNS = "equals(messages.channel,'email')"

type Case = Readonly<{
  what: string
  path: string
  headers?: Record<string, string | null>
  status: number
  detail: string | RegExp
  source?: Record<string, string>
  code?: string
}>

const cases: readonly Case[] = [
  {
    what: 'no key',
    path: '/api/events',
    headers: key(null),
    status: 401,
    code: 'not_authenticated',
    detail: /Missing/,
  },
  {
    what: 'an unknown key',
    path: '/api/events',
    headers: key('Klaviyo-API-Key pk_wrong'),
    status: 401,
    code: 'authentication_failed',
    detail: 'Incorrect authentication credentials.',
    source: { pointer: '/data/' },
  },
  {
    what: 'a key of another scheme',
    path: '/api/events',
    headers: key('Basic pk_test'),
    status: 401,
    detail: /Incorrect/,
  },
  {
    what: 'a key without the scope',
    path: '/api/events',
    headers: key('Bearer pk_metrics'),
    status: 403,
    code: 'permission_denied',
    detail: /events:read/,
  },
  {
    what: 'webhooks without their product',
    path: '/api/webhooks',
    headers: key('Klaviyo-API-Key pk_test_no_kdp'),
    status: 403,
    detail: 'You must have Advanced KDP enabled to use this endpoint.',
  },
  { what: 'no revision', path: '/api/events', headers: revision(null), status: 400, detail: /revision/ },
  {
    what: 'a malformed revision',
    path: '/api/events',
    headers: revision('v1'),
    status: 400,
    detail: /revision/,
  },
  {
    what: 'a revision of the future',
    path: '/api/events',
    headers: revision('2027-01-15'),
    status: 404,
    code: 'not_found',
    detail: 'Unable to specify a future revision date',
  },
  {
    what: 'a retired revision, naming the first that is served',
    path: '/api/events',
    headers: revision('2024-07-15'),
    status: 400,
    detail: /before the earliest available.*2025-01-15/,
  },
  {
    what: 'a path that the revision did not have',
    path: '/api/object-types',
    headers: revision('2025-10-15'),
    status: 404,
    detail: 'No valid revisions found for method',
  },
  {
    what: 'an unknown endpoint',
    path: '/api/eventz',
    status: 404,
    code: 'not_found',
    detail: /could not be found/,
  },
  { what: 'an unknown id', path: '/api/lists/NOPE01', status: 404, detail: 'List with id NOPE01 not found.' },
  { what: 'an id in the wrong case', path: '/api/lists/listAA', status: 404, detail: /not found/ },
  {
    what: 'a malformed event id',
    path: '/api/events/NOPE01',
    status: 400,
    detail: "Invalid Event ID: 'NOPE01'",
  },
  {
    what: 'page[size] on metrics',
    path: '/api/metrics?page[size]=10',
    status: 400,
    code: 'invalid',
    detail: "'page_size' is not a valid field for the resource 'metric'.",
  },
  {
    what: 'page[size] on events before 2026-01-15',
    path: '/api/events?page[size]=200',
    headers: revision('2025-10-15'),
    status: 400,
    detail: "'page_size' is not a valid field for the resource 'event'.",
  },
  {
    what: 'a page too large',
    path: '/api/profiles?page[size]=101',
    status: 400,
    detail: /between 1 and 100/,
  },
  { what: 'a page of none', path: '/api/profiles?page[size]=0', status: 400, detail: /between 1 and 100/ },
  { what: 'a page of words', path: '/api/lists?page[size]=ten', status: 400, detail: /between 1 and 10/ },
  {
    what: 'an unknown parameter',
    path: '/api/lists?limit=10',
    status: 400,
    detail: "'limit' is not a valid field for the resource 'list'.",
  },
  {
    what: 'an unknown field',
    path: '/api/profiles?fields[profile]=email,bogus',
    status: 400,
    detail: "'bogus' is not a valid field for the resource 'profile'.",
    source: { parameter: 'fields[profile]' },
  },
  {
    what: 'an unknown include',
    path: '/api/profiles?include=lists',
    status: 400,
    detail: /'lists'/,
    source: { parameter: 'include' },
  },
  { what: 'an unknown sort', path: '/api/metrics?sort=name', status: 400, detail: /'sort'/ },
  {
    what: 'a sort that another list has',
    path: '/api/lists?sort=email',
    status: 400,
    detail: /'email'/,
    source: { parameter: 'sort' },
  },
  {
    what: 'an unknown additional field',
    path: '/api/profiles?additional-fields[profile]=everything',
    status: 400,
    detail: /'everything'/,
  },
  {
    what: 'a filter where there is none',
    path: `/api/tags/x/relationships/lists?${filter('equals(id,"a")')}`,
    status: 400,
    detail: /'filter'/,
  },
  {
    what: 'an operator that is not offered',
    path: `/api/campaigns?${filter(`${CAMPAIGNS},equals(name,"a")`)}`,
    status: 400,
    detail: "'equals' is not an allowed filter operator for name.  Allowed operators are contains",
    source: { parameter: 'filter' },
  },
  {
    what: 'greater-or-equal on profiles',
    path: `/api/profiles?${filter('greater-or-equal(updated,2026-01-01T00:00:00Z)')}`,
    status: 400,
    detail:
      /'greater-or-equal' is not an allowed filter operator for updated\. {2}Allowed operators are greater-than, less-than/,
  },
  {
    what: 'an upper bound on lists',
    path: `/api/lists?${filter('less-than(updated,2026-01-01T00:00:00Z)')}`,
    status: 400,
    detail: /'less-than' is not/,
  },
  {
    what: 'a filter on an unknown field',
    path: `/api/lists?${filter('equals(color,"red")')}`,
    status: 400,
    detail: /'color' is not a valid field/,
  },
  {
    what: 'an unquoted string',
    path: `/api/profiles?${filter('equals(email,a@example.com)')}`,
    status: 400,
    detail: 'Invalid filter provided.',
  },
  {
    what: 'a quoted datetime',
    path: `/api/profiles?${filter('greater-than(updated,"2026-01-01T00:00:00Z")')}`,
    status: 400,
    detail: 'Invalid filter provided.',
  },
  {
    what: 'a raw plus in an offset',
    path: '/api/profiles?filter=greater-than(updated,2026-01-01T00:00:00+00:00)',
    status: 400,
    detail: 'Invalid filter provided.',
  },
  {
    what: 'a filter that is none',
    path: `/api/profiles?${filter('nonsense')}`,
    status: 400,
    detail: 'Invalid filter provided.',
  },
  {
    what: 'a value outside the enum',
    path: `/api/campaigns?${filter("equals(messages.channel,'whatsapp')")}`,
    status: 400,
    detail: 'Invalid filter provided.',
  },
  {
    what: 'bounds that leave no second',
    path: `/api/profiles?${filter('greater-than(updated,2026-01-01T00:00:00.2Z),less-than(updated,2026-01-01T00:00:01.9Z)')}`,
    status: 400,
    detail: /^Datetime bounds.*is empty or invalid$/,
    source: { pointer: '/data/attributes/updated' },
  },
  {
    what: 'a window of no length',
    path: `/api/events?${filter('greater-or-equal(datetime,2026-01-01T00:00:00Z),less-than(datetime,2026-01-01T00:00:00Z)')}`,
    status: 400,
    detail: /^Datetime bounds/,
  },
  {
    what: 'a bound of campaigns in the future',
    path: `/api/campaigns?${filter(`${CAMPAIGNS},less-than(updated_at,2026-11-20T12:00:01Z)`)}`,
    status: 400,
    detail: 'End date may not be in the future: 2026-11-20T12:00:01',
  },
  {
    what: 'a lower bound of events in the future',
    path: `/api/events?${filter('greater-than(datetime,2026-12-01T00:00:00Z)')}`,
    status: 400,
    detail: /may not be in the future/,
  },
  {
    what: 'campaigns without a channel',
    path: '/api/campaigns',
    status: 400,
    detail: /channel filter is required/,
  },
  {
    what: 'coupon codes of no coupon',
    path: `/api/coupon-codes?${filter('equals(status,"USED")')}`,
    status: 400,
    detail: /coupon\.id/,
  },
  {
    what: 'flows sorted by another date than they are filtered by',
    path: `/api/flows?sort=created&${filter('greater-than(updated,2026-01-01T00:00:00Z)')}`,
    status: 400,
    detail: /sort/,
  },
]

describe('what Klaviyo refuses', () => {
  test.for(cases)('$what', async ({ path, headers, status, detail, source, code }) => {
    const answer = await get(sandbox, path, headers)
    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-type')).toBe('application/vnd.api+json')
    const [error] = answer.body.errors ?? []
    expect(error?.detail).toMatch(detail)
    expect(error).toMatchObject({
      status,
      ...(source === undefined ? {} : { source }),
      ...(code === undefined ? {} : { code }),
    })
    expect(error?.id).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('several mistakes come back together', async () => {
    const { body } = await get(sandbox, '/api/profiles?page[size]=500&sort=bogus&fields[profile]=nope')
    expect(body.errors?.length).toBe(3)
  })

  test('a verb that only writes know', async () => {
    const response = await fetch(`${sandbox.url}/api/lists`, {
      method: 'DELETE',
      headers: { authorization: 'Klaviyo-API-Key pk_test', revision: '2026-07-15' },
    })
    expect(response.status).toBe(405)
  })
})

describe('what Klaviyo accepts', () => {
  const accepted: readonly (readonly [what: string, path: string, headers?: Record<string, string>])[] = [
    ['a slash at the end', '/api/lists/'],
    ['a Bearer token', '/api/lists', { authorization: 'Bearer pk_test' }],
    ['and() around one condition', `/api/lists?${filter('and(greater-than(updated,2026-01-01T00:00:00Z))')}`],
    [
      'and() around two',
      `/api/profiles?${filter('and(greater-than(updated,2026-01-01T00:00:00Z),less-than(updated,2026-11-01T00:00:00Z))')}`,
    ],
    [
      'single quotes, with escapes',
      `/api/profiles?${filter("equals(first_name,'x')").replace('first_name', 'email').replace('x', "o\\'neil")}`,
    ],
    [
      'an offset with its plus encoded',
      `/api/profiles?${filter('greater-than(updated,2026-01-01T00:00:00+00:00)')}`,
    ],
    [
      'a blank instead of the T',
      `/api/profiles?${filter('greater-than(updated,2026-01-01 00:00:00+00:00)')}`,
    ],
    ['fractions', `/api/profiles?${filter('greater-than(updated,2026-01-01T00:00:00.123456Z)')}`],
    ['an upper bound of events in the future', `/api/events?${filter('less-than(timestamp,1795000000)')}`],
    ['page[size] of campaigns from 2026-04-15', `/api/campaigns?${filter(CAMPAIGNS)}&page[size]=100`],
    ['campaigns without it before', `/api/campaigns?${filter(CAMPAIGNS)}`, { revision: '2025-10-15' }],
    ['page[size] of profiles in any revision', '/api/profiles?page[size]=100', { revision: '2025-10-15' }],
    ['several ids', `/api/lists?${filter('any(id,["LISTaa","LISTbb"])')}`],
  ]
  test.for(accepted)('%s', async ([, path, headers]) => {
    const { status, text } = await get(sandbox, path, headers)
    expect(text).not.toContain('"errors"')
    expect(status).toBe(200)
  })
})

test('a retired revision is served to those who ask for that', async () => {
  await using old = await startTiny({ events: [{ timeS: NOW_S - 5 }] }, { serveRetired: true })
  const headers = { revision: '2024-07-15' }
  expect((await get(old, '/api/events', headers)).body.data[0]?.attributes['datetime']).toBe(
    '2026-11-20 11:59:55+00:00',
  )
  expect((await get(old, '/api/events?page[size]=200', headers)).status).toBe(400)
  expect((await get(old, '/api/lists?page[size]=10', headers)).status).toBe(400)
  expect((await get(old, '/api/reviews', headers)).status).toBe(404)
})
