import { describe, expect, test } from 'vitest'
import { chainedRows, openingOf, scannedRows } from './rows.ts'

const opening = openingOf('profile', true)
const START = '{"data":['.length

const profile = (id: string, properties: unknown = {}): unknown => ({
  type: 'profile',
  id,
  attributes: { email: 'a{b[c"d\\\\', properties },
  links: { self: `https://a.klaviyo.com/api/profiles/${id}/` },
})

const bodyOf = (...data: readonly unknown[]): Buffer =>
  Buffer.from(JSON.stringify({ data, links: { self: 's', next: null } }))

const chained = (body: Buffer): number | undefined =>
  chainedRows(body, opening, START, body.lastIndexOf('],"links":{'))?.count
const scanned = (body: Buffer): number | undefined => scannedRows(body, opening, START)?.count

/** What a shop may keep in a property: what it once got from Klaviyo. */
const kept: readonly (readonly [string, unknown])[] = [
  ['a profile', profile('Z')],
  ['itself', profile('B')],
  ['a list', [profile('Y'), profile('Z')]],
  ['a list of itself', [profile('B'), profile('B')]],
  ['a whole page', { data: [profile('Y')], links: { self: 's', next: 'n' } }],
  ['others behind its own link', [profile('B'), profile('Y'), profile('Z')]],
  ['a forged chain', [{ links: { self: '/B/' } }, profile('Y'), profile('B')]],
  ['the beginning of one', '{"type":"profile","id":"Z","attributes":{'],
  ['a name that looks like one', { '{"type":"profile","id":"Z","attributes":{': 1 }],
]

describe('rows are counted', () => {
  test('by the chain of their links, and by their brackets', () => {
    for (const count of [1, 2, 3, 100]) {
      const body = bodyOf(...Array.from({ length: count }, (_, index) => profile(`p${index}`)))
      expect([chained(body), scanned(body)]).toEqual([count, count])
    }
    expect([chained(bodyOf()), scanned(bodyOf())]).toEqual([undefined, 0])
  })

  test.each(kept)('never among what a property holds: %s', (_, properties) => {
    for (const body of [
      bodyOf(profile('A'), profile('B', properties), profile('C')),
      bodyOf(profile('B', properties)),
      bodyOf(profile('A'), profile('B', { deep: [properties, properties] })),
    ]) {
      const rows = (JSON.parse(body.toString()) as { data: unknown[] }).data.length
      expect([undefined, rows]).toContain(chained(body))
      expect(scanned(body)).toBe(rows)
    }
  })

  test('also where one comes twice, or where links are spelled otherwise', () => {
    const twice = bodyOf(profile('A'), profile('B'), profile('A'))
    expect([chained(twice), scanned(twice)]).toEqual([undefined, 3])
    const bare = bodyOf(...['A', 'B'].map((id) => ({ type: 'profile', id, attributes: {} })))
    expect([chained(bare), scanned(bare)]).toEqual([undefined, 2])
  })

  test('not where one of them is none of the table', () => {
    const links = { self: 'https://a.klaviyo.com/api/profiles/B/' }
    for (const odd of [
      null,
      7,
      'x',
      [],
      {},
      { id: 'B', type: 'profile', attributes: {}, links },
      { type: 'event', id: 'B', attributes: {}, links },
      { type: 'profile', id: 'B', attributes: [], links },
      { type: 'profile', id: '', attributes: {}, links },
      { type: 'profile', id: 'B"', attributes: {}, links },
    ])
      for (const body of [bodyOf(profile('A'), odd, profile('C')), bodyOf(profile('A'), odd)])
        expect([chained(body), scanned(body)]).toEqual([undefined, undefined])
  })

  test('of any depth', () => {
    const depth = 200_000
    const deep = `{"type":"profile","id":"A","attributes":{"p":${'['.repeat(depth)}${']'.repeat(depth)}}}`
    expect(scanned(Buffer.from(`{"data":[${deep}],"links":{"next":null}}`))).toBe(1)
  })
})
