import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { buildCli } from '../scenarios/cli.ts'
import { expectSane, type SandboxProcess, startProcess } from './process.ts'
import { detailOf, raw, request } from './raw.ts'

/**
 * What has taken down mock and development servers, by mistake or on purpose: request targets that are no URLs, names
 * that every object inherits, numbers without a date, input without an end. Each gets an answer, and the next request too.
 */
let sandbox: SandboxProcess
beforeAll(async () => {
  buildCli()
  sandbox = await startProcess()
})
afterEach(() => expectSane(sandbox))
afterAll(() => sandbox[Symbol.asyncDispose]())

const ask = (target: string, parts: Parameters<typeof request>[2] = {}) =>
  raw(sandbox.port, request(sandbox.port, target, parts))
const filter = (text: string): string => `filter=${encodeURIComponent(text)}`
const post = async (verb: string, body: unknown) =>
  ask(`/sandbox/${verb}`, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) })

/** An answer of the API: JSON with errors of that status. */
async function expectRefusal(target: string, status: number): Promise<void> {
  const answer = await ask(target)
  expect(answer.status, `${target.slice(0, 80)} ${answer.text}`).toBe(status)
  expect(answer.head).toContain('application/vnd.api+json')
  const { errors } = JSON.parse(answer.body) as { errors: readonly unknown[] }
  expect(errors[0]).toMatchObject({ status, title: expect.any(String) as string })
}

describe('request targets', () => {
  test.for([
    ['//', 404],
    ['///', 404],
    ['//evil.example/api/lists', 404],
    ['//127.0.0.1/sandbox', 404],
    ['/api//lists', 404],
    ['/\\evil.example', 404],
    ['/@evil.example/', 404],
    ['*', 400],
    ['http://', 400],
    ['http://[', 400],
    ['http://127.0.0.1:99999/', 400],
    ['http://%00/', 400],
    ['ftp://127.0.0.1/', 400],
    ['/%', 404],
    ['/?%', 404],
    ['/api/lists/%', 404],
    ['/api/lists/%00', 404],
    ['/api/lists/%c0%ae%c0%ae/etc/passwd', 404],
    ['/api/lists/%ff%fe', 404],
    ['/api/lists/%ED%A0%80', 404],
    ['/api/lists/..%2f..%2f', 404],
    ['/api/events/%E0%A4%A', 400],
    ['/api/lists?filter=%', 400],
    ['/api/lists?%=%&&&=&=%', 400],
    ['/api/lists?filter=%00', 400],
    ['/sandboxes', 404],
  ] as const)('%s is answered with %d', ([target, status]) => expectRefusal(target, status))

  test.for(['http:', 'javascript:alert(1)', 'data:,x', 'api/lists', '/api/lists/\xff\xfe', '/a b'])(
    '%s is no HTTP, says Node',
    async (target) => {
      expect((await ask(target)).text).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
    },
  )

  test('a path of thousands of segments, and one of thousands of slashes that end in none', async () => {
    await expectRefusal(`/api/${'a/'.repeat(7_000)}`, 404)
    await expectRefusal(`/api${'/'.repeat(15_000)}x`, 404)
    expect((await ask(`/api/lists${'/'.repeat(15_000)}`)).status).toBe(200)
  })

  test('the absolute form of our own address is an ordinary request', async () => {
    expect((await ask(`http://127.0.0.1:${sandbox.port}/api/lists`)).status).toBe(200)
  })
})

describe('names that every object has', () => {
  const names = [
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    '__defineGetter__',
    'length',
  ]
  test.for(names)('%s', async (name) => {
    const queries = [
      `fields[${name}]=id`,
      `fields[profile]=${name}`,
      `additional-fields[${name}]=x`,
      `additional-fields[profile]=${name}`,
      `include=${name}`,
      `sort=${name}`,
      `sort=-${name}`,
      `page[${name}]=1`,
      `page[cursor]=${name}`,
      `${name}=1`,
      filter(`equals(${name},"a")`),
      filter(`any(${name},["a"])`),
      filter(`has(${name})`),
      filter(`${name}(email,"a")`),
    ]
    for (const query of queries) await expectRefusal(`/api/profiles?${query}`, 400)
    for (const path of [name, `lists/${name}`, `lists/x/${name}`, `lists/x/relationships/${name}`])
      await expectRefusal(`/api/${path}`, 404)
    const key = { headers: { authorization: `Klaviyo-API-Key ${name}` } }
    expect((await ask('/api/lists', key)).status).toBe(401)
    expect((await ask('/api/lists', { headers: { revision: name } })).status).toBe(400)
    expect((await ask(`/sandbox/truth/${name}`)).status).toBe(400)
    expect((await post(name, {})).status).toBe(404)
    expect((await post('update', { type: name, id: name, attributes: {} })).body).toContain('false')
    expect((await post('delete', { type: name, id: name })).body).toContain('false')
  })
})

describe('numbers and dates', () => {
  const values = [
    '99999999999999999999',
    '-99999999999999999999',
    '1e300',
    '1e999',
    'Infinity',
    'NaN',
    '0x10',
    '253402300800',
    '+1',
    '.5',
    '',
  ]
  test.for(values)('timestamp %s', async (value) => {
    for (const operator of ['greater-than', 'greater-or-equal', 'less-than', 'less-or-equal'])
      await expectRefusal(`/api/events?${filter(`${operator}(timestamp,${value})`)}`, 400)
  })

  test.for([
    '0000-01-01T00:00:00Z',
    '0000-01-01',
    '99999-01-01T00:00:00Z',
    '+010000-01-01T00:00:00Z',
    '-000001-01-01T00:00:00Z',
    '9999-12-31T23:59:59-23:59',
    '0001-01-01T00:00:00+23:59',
    '2026-02-30T00:00:00Z',
    '2026-13-45T99:99:99Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:00:00+99:99',
    '1e300',
  ])('datetime %s', async (value) => {
    for (const operator of ['greater-than', 'less-than'])
      await expectRefusal(`/api/events?${filter(`${operator}(datetime,${value})`)}`, 400)
    await expectRefusal(`/api/profiles?${filter(`greater-than(updated,${value})`)}`, 400)
  })

  test('the first and the last moment that have a date are bounds like any other', async () => {
    const bounds = 'greater-than(datetime,0001-01-01T00:00:00Z),less-than(datetime,9999-12-31T23:59:59Z)'
    expect((await ask(`/api/events?${filter(bounds)}`)).status).toBe(200)
  })

  test.for(['99999999999999999999', '1e2', '-1', '0', '1.5', 'Infinity', '', ' 1', '٣'])(
    'page[size]=%s',
    (size) => expectRefusal(`/api/profiles?page[size]=${encodeURIComponent(size)}`, 400),
  )

  test('revisions of impossible days', async () => {
    for (const revision of [
      '9999-99-99',
      '0000-00-00',
      '2026-02-30',
      '99999-01-01',
      '1e300',
      '2026-07-15, 2026-07-15',
    ])
      expect((await ask('/api/lists', { headers: { revision } })).status, revision).toBeGreaterThanOrEqual(
        400,
      )
  })

  test('cursors of our own making', async () => {
    const cursor = (value: string): string => Buffer.from(value).toString('base64url')
    for (const text of [
      '[1e999,"a",true,"x"]',
      '['.repeat(9_000),
      'null',
      '{}',
      '[]',
      '[{},[],1,2]',
      '\0',
      '"',
    ])
      await expectRefusal(`/api/events?page[cursor]=${cursor(text)}`, 400)
  })
})

describe('without an end', () => {
  test('filters that are deep, long or both', async () => {
    const filters = [
      `any(id,${'['.repeat(12_000)}`,
      `any(id,${'['.repeat(3_000)}"a"${']'.repeat(3_000)})`,
      'and('.repeat(3_000),
      `equals(id,"${'a'.repeat(12_000)}`,
      `equals(id,"${'\\'.repeat(6_001)}")`,
      `${'a-'.repeat(6_000)}(id,"a")`,
      `equals(${'a.'.repeat(6_000)},"a")`,
      `equals(id,${'1'.repeat(12_000)})`,
      ' '.repeat(12_000),
      'equals(id,"a"),'.repeat(800),
    ]
    for (const text of filters) await expectRefusal(`/api/lists?filter=${text.replaceAll(' ', '+')}`, 400)
    const many = Array.from({ length: 1_500 }, (_, i) => `"${i}"`).join(',')
    expect((await ask(`/api/lists?filter=any(id,[${many}])`)).status).toBe(200)
  })

  test('parameters that come a thousand times', async () => {
    await expectRefusal(`/api/lists?${'a&'.repeat(7_000)}`, 400)
    await expectRefusal(`/api/lists?${'['.repeat(15_000)}`, 400)
    expect((await ask(`/api/profiles?${'page[size]=1&'.repeat(1_000)}`)).status).toBe(200)
    const repeated = await ask(
      `/api/events?page[size]=200&include=${'metric,profile,attributions,'.repeat(500)}`,
    )
    expect(repeated.status).toBe(200)
    await expectRefusal('/api/lists?filter=equals(id,%22a%22)&filter=nonsense', 400)
  })

  test('headers that are too long or too many', async () => {
    expect((await ask('/api/lists', { headers: { x: 'x'.repeat(20_000) } })).status).toBe(431)
    expect((await ask(`/api/lists?${'a'.repeat(20_000)}`)).status).toBe(431)
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`x${i}`, '']))
    expect((await ask('/api/lists', { headers: many })).status).toBe(200)
    const key = { authorization: `Klaviyo-API-Key ${' '.repeat(7_000)}x${' '.repeat(7_000)}x` }
    expect((await ask('/api/lists', { headers: key })).status).toBe(401)
  })

  test('bodies nobody asked for', async () => {
    const body = 'x'.repeat(8 << 20)
    // Over a connection that stays: one that closes at once may be reset before the answer is read.
    const stay = { headers: { connection: 'keep-alive' }, body }
    const sent = async (method: string, target: string): Promise<number> =>
      (await raw(sandbox.port, request(sandbox.port, target, { method, ...stay }), { patienceMs: 1_000 }))
        .status
    expect(await sent('POST', '/api/lists')).toBe(405)
    expect(await sent('GET', '/api/lists')).toBe(200)
    expect(await sent('POST', '/sandbox/touch')).toBe(413)
  })
})

describe('methods', () => {
  test.for(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'HEAD', 'PROPFIND', 'CONNECT'])(
    '%s',
    async (method) => {
      const target = method === 'CONNECT' ? 'evil.example:443' : '/api/lists'
      const answer = await ask(target, { method })
      expect(answer.status).toBe(405)
      if (method !== 'HEAD') expect(detailOf(answer)).toBe(`Method "${method}" not allowed.`)
      expect((await ask('/sandbox/stats', { method })).status).toBe(method === 'POST' ? 404 : 405)
    },
  )

  test('one that HTTP does not know', async () => {
    expect((await ask('/api/lists', { method: 'FOO' })).status).toBe(400)
  })
})

describe('sockets', () => {
  const half = { half: true, patienceMs: 2_000 }
  test.for([
    ['nothing', '', 0],
    ['half a request line', 'GET /api/li', 400],
    ['half a header', 'GET / HTTP/1.1\r\nho', 400],
    [
      'half a body',
      'POST /sandbox/touch HTTP/1.1\r\nhost: 127.0.0.1:PORT\r\ncontent-length: 9\r\n\r\n{',
      400,
    ],
    ['zeros', '\0'.repeat(5_000), 400],
    ['a TLS greeting', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
    ['HTTP/0.9', 'GET /\r\n\r\n', 403],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['a negative length', 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n', 400],
    [
      'a bad chunk',
      'POST /sandbox/touch HTTP/1.1\r\nhost: 127.0.0.1:PORT\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n',
      400,
    ],
    ['no host', 'GET / HTTP/1.1\r\n\r\n', 400],
    ['no host in HTTP/1.0', 'GET / HTTP/1.0\r\n\r\n', 403],
    ['an expectation', 'GET / HTTP/1.1\r\nhost: x\r\nexpect: wonders\r\nconnection: close\r\n\r\n', 417],
    [
      'an upgrade',
      'GET /api/lists HTTP/1.1\r\nhost: 127.0.0.1:PORT\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n',
      401,
    ],
  ] as const)('%s', async ([, text, status]) => {
    const answer = await raw(sandbox.port, text.replace('PORT', String(sandbox.port)), half)
    expect(answer.status, answer.text).toBe(status)
  })

  test('five hundred requests in one breath, and as many connections that are dropped', async () => {
    const one = request(sandbox.port, '/api/metrics', { headers: { connection: 'keep-alive' } })
    const { text } = await raw(sandbox.port, one.repeat(499) + request(sandbox.port, '/api/metrics'))
    expect(text.split('HTTP/1.1 200 OK').length - 1).toBe(500)
    const dropped = Array.from({ length: 500 }, () => raw(sandbox.port, one, { patienceMs: 1 }))
    await Promise.all(dropped)
  })

  test('a truth that is not read to its end', async () => {
    await Promise.all(
      Array.from({ length: 20 }, () =>
        raw(sandbox.port, request(sandbox.port, '/sandbox/truth/events'), { patienceMs: 1 }),
      ),
    )
  })
})

describe('the control endpoints', () => {
  const wrong: readonly (readonly [verb: string, body: unknown])[] = [
    ...['1e300', '1e999', '-1', '0.5', '1e15', 'null', '"1"', '[]', '{}', 'true'].map(
      (ms) => ['advance', `{"ms":${ms}}`] as const,
    ),
    ...['1e9', '-1', '1.5', '1e999', '"5"', 'null', '[5]'].flatMap((count) => [
      ['events', `{"count":${count}}`] as const,
      ['profiles', `{"count":${count}}`] as const,
    ]),
    ...['0', '3', '-1', '1.5', '1e300', '1e999', '"1"', '[1]', '{}'].map(
      (account) => ['events', `{"count":1,"account":${account}}`] as const,
    ),
    ['events', { count: 1, fromS: 5, toS: 5 }],
    ['events', { count: 1, fromS: 9, toS: 5 }],
    ['events', { count: 1, fromS: 2 ** 32, toS: 2 ** 32 + 9 }],
    ['events', { count: 1, toS: 1e300 }],
    ['events', { count: 1, toS: 1 }],
    ['events', { count: 1, fromS: 1e9, toS: 4e9 }],
    ['events', { count: 1, visibleAfterMs: 1e300 }],
    ['events', '{"count":1,"visibleAfterMs":1e999}'],
    ['touch', { ids: 'abc' }],
    ['touch', { ids: [{ toString: 1 }] }],
    ['update', { type: 'profile', id: 'x', attributes: [] }],
    ['update', { type: 'profile', id: ['x'], attributes: {} }],
    [
      'update',
      '{"type":"profile","id":"x","attributes":'.concat('{"a":'.repeat(20_000), '1', '}'.repeat(20_002)),
    ],
    ['delete', {}],
    ['touch', '{'],
    ['touch', '[]'],
    ['touch', 'null'],
    ['touch', '['.repeat(100_000)],
    ['touch', '\0'],
  ]
  test.for(wrong.map(([verb, body]) => ({ verb, body, title: JSON.stringify(body).slice(0, 60) })))(
    '$verb $title',
    async ({ verb, body }) => {
      const answer = await post(verb, body)
      expect(answer.status, answer.text).toBe(400)
      expect((JSON.parse(answer.body) as { error: string }).error).toMatch(/\.$/)
    },
  )

  test.for([
    'truth',
    'truth/',
    'truth/nothing',
    'truth/lists?account=9',
    'truth/lists?account=x',
    'truth/__proto__',
  ])('GET %s', async (path) => {
    expect((await ask(`/sandbox/${path}`)).status).toBe(400)
  })

  test('values that have no place in an order are put somewhere, and found again', async () => {
    const [profile] = (
      JSON.parse((await ask('/api/profiles?page[size]=1')).body) as { data: { id: string }[] }
    ).data
    const id = profile?.id ?? ''
    for (const updated of ['2026-13-45T99:99:99Z', '', '\0', 5, -1, null, [], {}, true]) {
      expect((await post('update', { type: 'profile', id, attributes: { updated } })).body).toContain('true')
      let seen = 0
      for (let next: string | null = '/api/profiles?sort=updated&page[size]=100'; next !== null;) {
        const { body } = await ask(next.replace('https://a.klaviyo.com', ''))
        const page = JSON.parse(body) as { data: readonly unknown[]; links: { next: string | null } }
        seen += page.data.length
        next = page.links.next
      }
      expect(seen).toBe(200)
    }
    expect((await post('touch', { ids: [id] })).body).toContain('1')
  })
})

test('what is added beyond its memory is refused, and it goes on', async () => {
  await using small = await startProcess([], ['--max-old-space-size=80', '--max-semi-space-size=4'])
  const body = JSON.stringify({ count: 2_000 })
  const add = async (): Promise<number> =>
    (await raw(small.port, request(small.port, '/sandbox/events', { method: 'POST', body }))).status
  let status = 200
  for (let round = 0; round < 200 && status === 200; round += 1) status = await add()
  expect(status).toBe(507)
  await expectSane(small)
})
