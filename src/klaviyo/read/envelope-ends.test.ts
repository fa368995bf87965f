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

const shape = { type: 'event', cursorField: 'datetime' }
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
          const { rows: _, ...expected } = readWhole(body, shape)
          expect(expected.next).toBe(nextUrl)
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
      bytes({ data, links, included: [] }),
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

test('whole: single objects, null data, missing links, cursors that are no text', () => {
  expect(readWhole(bytes({ data: event('05') }), shape)).toMatchObject({
    rows: 1,
    next: null,
    lastCursor: '2026-01-01T00:00:05+00:00',
  })
  expect(readWhole(bytes({ data: null, links: { next: '' } }), shape)).toEqual({
    next: null,
    rows: 0,
    firstCursor: null,
    lastCursor: null,
  })
  const data = [{ type: 'event', attributes: { timestamp: 7, datetime: null } }]
  expect(readWhole(bytes({ data }), { type: 'event', cursorField: 'timestamp' }).lastCursor).toBe('7')
  expect(readWhole(bytes({ data }), shape).lastCursor).toBeNull()
  expect(readWhole(bytes({ data }), { type: 'event', cursorField: null }).lastCursor).toBeNull()
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
        const { rows: _, ...expected } = readWhole(body, shape)
        expect(found).toMatchObject(expected)
      },
    ),
    { numRuns: 1_000 },
  )
})
