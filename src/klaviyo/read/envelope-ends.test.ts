import {
  array,
  assert,
  boolean,
  constantFrom,
  dictionary,
  integer,
  letrec,
  oneof,
  property,
  record,
  string,
} from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readEnds } from './envelope-ends.ts'
import { readWhole, UnreadableBody } from './envelope.ts'

const shape = { type: 'event', cursorField: 'datetime', paged: true, hasAttributes: true }
const nextUrl = 'https://a.klaviyo.com/api/events?page%5Bcursor%5D=abc'

const event = (id: string, properties: unknown = {}): unknown => ({
  type: 'event',
  id,
  attributes: { datetime: `2026-01-01T00:00:${id}+00:00`, event_properties: properties },
  relationships: { profile: { data: { type: 'profile', id: 'p' }, links: { self: 's', related: 'r' } } },
  links: { self: `https://a.klaviyo.com/api/events/${id}/` },
})

const page = (data: unknown, next: string | null = nextUrl, more: object = {}): unknown => ({
  data,
  ...more,
  links: { self: 'https://a.klaviyo.com/api/events', next, prev: null },
})

const bytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))

/** What people could put into properties to look like the document around them. */
const hostile: readonly unknown[] = [
  { links: { next: 'https://evil.example/' } },
  { a: [1], links: { next: 'https://evil.example/', prev: null } },
  { nested: [{ type: 'event', id: 'x', attributes: { datetime: 'wrong' } }] },
  { nested: [{ type: 'event', id: 'x', attributes: { datetime: 'wrong' } }], links: { next: 'x' } },
  { a: [{ type: 'event', attributes: { datetime: 'wrong' } }], included: [], links: { next: 'x' } },
  { 'x"links': { next: 'https://evil.example/' }, 'x"included': [1] },
  { text: '"],"links":{"next":"https://evil.example/"}}' },
  { text: '{"type":"event","id":"fake"}]}', close: '}}}]]]', open: '{{{[[[' },
  { data: [], links: { next: null } },
  { 'уникод 🎉': '"\\\u2028 \u0000 ü' },
]

describe('the ends of a page', () => {
  test('are read without a whole parse, with included and without', () => {
    const expected = {
      next: nextUrl,
      rows: 3,
      firstCursor: '2026-01-01T00:00:01+00:00',
      lastCursor: '2026-01-01T00:00:03+00:00',
    }
    const data = [event('01'), event('02'), event('03')]
    expect(readEnds(bytes(page(data)), shape)).toEqual(expected)
    const included = [{ type: 'profile', id: 'p', attributes: {}, links: { self: 's' } }]
    expect(readEnds(bytes(page(data, nextUrl, { included })), shape)).toEqual(expected)
    expect(readEnds(bytes(page(data, null)), shape)).toEqual({ ...expected, next: null })
  })

  test('of one row, of none, and of none with more to come', () => {
    expect(readEnds(bytes(page([event('07')], null)), shape)).toMatchObject({
      rows: 1,
      firstCursor: '2026-01-01T00:00:07+00:00',
      lastCursor: '2026-01-01T00:00:07+00:00',
    })
    expect(readEnds(bytes(page([])), shape)).toEqual({
      next: nextUrl,
      rows: 0,
      firstCursor: null,
      lastCursor: null,
    })
    expect(readEnds(bytes(page([], null)), shape)?.next).toBeNull()
  })

  test('are never taken from what users put into properties', () => {
    for (const properties of hostile) {
      for (const data of [
        [event('01', properties)],
        [event('01', properties), event('02', properties), event('03', properties)],
      ]) {
        for (const more of [{}, { included: [event('99', properties)] }]) {
          const body = bytes(page(data, nextUrl, more))
          const expected = readWhole(body, shape)
          expect(expected).toMatchObject({ next: nextUrl, rows: data.length })
          const found = readEnds(body, shape)
          if (found !== null) expect(found).toMatchObject(expected)
        }
      }
    }
  })

  test('plain pages with hostile properties keep the quick way in most cases', () => {
    const quick = hostile.filter(
      (properties) => readEnds(bytes(page([event('01'), event('02', properties)])), shape) !== null,
    )
    expect(quick.length).toBeGreaterThanOrEqual(7)
  })

  test('other spellings of a document are left to the whole parse', () => {
    const document = page([event('01'), event('02')])
    const { data, links } = document as { data: unknown; links: unknown }
    const others = [
      Buffer.from(JSON.stringify(document, null, 2)),
      bytes({ links, data }),
      bytes({ meta: {}, data, links }),
      bytes({ data, meta: {}, links }),
      bytes({
        data: [
          { id: '01', type: 'event', attributes: { datetime: '2026-01-01T00:00:01+00:00' } },
          ...(data as unknown[]).slice(1),
        ],
        links,
      }),
      bytes({ data, links: { self: 'x' } }),
    ]
    for (const body of others) {
      expect(readEnds(body, shape)).toBeNull()
      expect(readWhole(body, shape)).toMatchObject({
        rows: 2,
        firstCursor: '2026-01-01T00:00:01+00:00',
        lastCursor: '2026-01-01T00:00:02+00:00',
      })
    }
    expect(readEnds(Buffer.from(`${JSON.stringify(document)}\n`), shape)).not.toBeNull()
    expect(readEnds(bytes({ data, links, included: [event('03')] }), shape)).toMatchObject({ rows: 2 })
  })
})

describe('a body that is not whole', () => {
  test('is never taken for a page, wherever it was cut', () => {
    for (const properties of [{}, ...hostile]) {
      const body = bytes(
        page([event('01', properties), event('02', properties)], nextUrl, { included: [event('03')] }),
      )
      for (let length = 0; length < body.length; length += 1) {
        const cut = body.subarray(0, length)
        expect(readEnds(cut, shape)).toBeNull()
      }
      expect(() => readWhole(body.subarray(0, body.length - 1), shape)).toThrow(UnreadableBody)
    }
  })

  test('nor is something else', () => {
    for (const text of ['', 'null', '[]', '{}', '<html></html>', '{"errors":[]}', '{"data"']) {
      expect(readEnds(Buffer.from(text), shape)).toBeNull()
      expect(() => readWhole(Buffer.from(text), shape)).toThrow(UnreadableBody)
    }
  })
})

test('a byte order mark, links that are objects, and cursors that are no text', () => {
  const marked = Buffer.concat([Buffer.from('\uFEFF'), bytes(page([event('05')]))])
  expect(readWhole(marked, shape)).toMatchObject({ rows: 1, next: nextUrl })
  const linked = bytes({ data: [], links: { self: 's', next: { href: nextUrl, meta: {} } } })
  expect(readEnds(linked, shape)).toBeNull()
  expect(readWhole(linked, shape).next).toBe(nextUrl)
  for (const next of ['', undefined])
    expect(readWhole(bytes({ data: [], links: { next } }), shape).next).toBeNull()
  const data = [{ type: 'event', id: '1', attributes: { timestamp: 7, datetime: null } }]
  const body = bytes({ data, links: {} })
  expect(readWhole(body, { ...shape, cursorField: 'timestamp' }).lastCursor).toBe('7')
  expect(readWhole(body, shape).lastCursor).toBeNull()
  expect(readWhole(body, { ...shape, cursorField: null }).lastCursor).toBeNull()
})

test('an endpoint without paging may leave its links out, one of ids alone its attributes', () => {
  const body = bytes({ data: [{ type: 'event', id: '1' }] })
  expect(readWhole(body, { ...shape, paged: false, hasAttributes: false })).toMatchObject({
    rows: 1,
    next: null,
  })
  expect(() => readWhole(body, { ...shape, hasAttributes: false })).toThrow('it has no "links"')
  expect(() => readWhole(body, { ...shape, paged: false })).toThrow('row 1 has no "attributes"')
})

describe('an answer that is no page is refused, on the quick way too', () => {
  const links = { self: 's', next: null }
  const good = event('01')
  const self = { links: { self: 'https://a.klaviyo.com/api/events/02/' } }
  const row = (fields: object): unknown => ({ data: [good, { ...fields, ...self }, event('03')], links })
  const cases: readonly (readonly [string, unknown])[] = [
    ['no "links"', { data: [good] }],
    ['"links" is no object', { data: [good], links: null }],
    ['"links" is no object', { data: [good], links: [{ next: nextUrl }] }],
    ['"links" is no object', { data: [good], links: nextUrl }],
    ...[7, true, [nextUrl], {}, { href: null }, { href: 7 }, { href: '' }].map(
      (next) => ['neither text nor a link object', { data: [good], links: { self: 's', next } }] as const,
    ),
    ['"data" is no list', { data: good, links }],
    ['"data" is no list', { data: null, links }],
    ['"data" is no list', { data: 'rows', links }],
    ['no "data"', { links }],
    ['no JSON object', [good]],
    ['it has "errors" ("Try later.")', { data: [good], errors: [{ detail: 'Try\n later.' }], links }],
    ['it has "errors"', { data: [], links, errors: [] }],
    ['it has "errors"', { errors: [{ detail: 7 }] }],
    ['row 2 is no object', { data: [good, null], links }],
    ['row 2 is no object', { data: [good, [good]], links }],
    ['row 2 is no object', { data: [good, 'x', good], links }],
    [
      'row 2 should have the type "event" and has "profile"',
      row({ type: 'profile', id: '02', attributes: {} }),
    ],
    ['row 2 should have the type "event" and has none', row({ id: '02', attributes: {} })],
    ['row 2 has no id', row({ type: 'event', attributes: {} })],
    ['row 2 has no id', row({ type: 'event', id: '', attributes: {} })],
    ['row 2 has no id', row({ type: 'event', id: 2, attributes: {} })],
    ['row 2 has no "attributes"', row({ type: 'event', id: '02' })],
    ...[null, [], [{}], 'text', 7].map(
      (attributes) =>
        ['row 2 has "attributes" that are no object', row({ type: 'event', id: '02', attributes })] as const,
    ),
  ]
  test.each(cases)('%s: %j', (what, document) => {
    expect(readEnds(bytes(document), shape)).toBeNull()
    expect(() => readWhole(bytes(document), shape)).toThrow(UnreadableBody)
    expect(() => readWhole(bytes(document), shape)).toThrow(what)
  })
})

test('whatever the quick way finds, the whole parse finds too', () => {
  const { json } = letrec((tie) => ({
    json: oneof(
      { maxDepth: 4 },
      string(),
      integer(),
      constantFrom<unknown>(null, true, '"links":{', '],"links":{', '{"type":"event"', ...hostile),
      array(tie('json'), { maxLength: 3 }),
      dictionary(oneof(constantFrom('links', 'next', 'type', 'data', 'included'), string()), tie('json'), {
        maxKeys: 3,
      }),
      record({
        type: constantFrom('event', 'profile'),
        attributes: record({ datetime: string() }),
        links: tie('json'),
      }),
    ),
  }))
  assert(
    property(
      array(json, { maxLength: 3 }),
      oneof(constantFrom(null), string({ minLength: 1 })),
      boolean(),
      json,
      (many, next, withIncluded, extra) => {
        const data = many.map((properties, index) => event(String(index).padStart(2, '0'), properties))
        const body = bytes(page(data, next, withIncluded ? { included: [extra] } : {}))
        const found = readEnds(body, shape)
        if (found === null) return
        expect(found).toEqual(readWhole(body, shape))
      },
    ),
    { numRuns: 1_000 },
  )
})

test('depth is no obstacle', () => {
  const depth = 100_000
  const deep = `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`
  const body = Buffer.from(JSON.stringify(page([event('01', 'DEEP')])).replace('"DEEP"', deep))
  expect(readEnds(body, shape)).toEqual(readWhole(body, shape))
  expect(readWhole(body, shape)).toMatchObject({ rows: 1, next: nextUrl })
})
