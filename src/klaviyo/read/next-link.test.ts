import { expect, test } from 'vitest'
import { CircleGuard, nextQuery } from './next-link.ts'

const follow = (next: string, origin = 'http://127.0.0.1:8080'): string =>
  nextQuery({ next, origin, path: '/api/events', table: 'events' })

test("a link on the configured origin or Klaviyo's own gives its query, as it came", () => {
  const query = 'filter=less-than%28datetime%2C2026-01-01T00%3A00%3A00Z%29&page%5Bcursor%5D=a%2Bb%3D'
  expect(follow(`https://a.klaviyo.com/api/events?${query}`)).toBe(query)
  expect(follow(`https://a.klaviyo.com/api/events/?${query}`)).toBe(query)
  expect(follow(`http://127.0.0.1:8080/api/events?${query}`)).toBe(query)
  expect(follow(`/api/events?${query}`)).toBe(query)
  expect(follow(`https://a.klaviyo.com/api/events?${query}`, 'https://a.klaviyo.com')).toBe(query)
})

test('any other host is refused', () => {
  for (const next of [
    'https://evil.example/api/events?a=1',
    'http://a.klaviyo.com/api/events?a=1',
    'https://a.klaviyo.com:444/api/events?a=1',
    'https://a.klaviyo.com.evil.example/api/events',
    'https://a.klaviyo.com@evil.example/api/events',
    '//evil.example/api/events',
    'http://127.0.0.1:8081/api/events',
    'javascript:alert(1)',
    'http://[',
  ]) {
    expect(() => follow(next)).toThrow(/A next link of table "events" leads to .*not followed/)
  }
})

test('so is another path', () => {
  for (const next of [
    '/api/profiles?a=1',
    '/api/events/x',
    '/',
    'https://a.klaviyo.com/api/events/../accounts',
  ]) {
    expect(() => follow(next)).toThrow(/leads away from "\/api\/events"/)
  }
})

test('a circle is noticed, whatever its length and where it begins', () => {
  for (const lead of [0, 1, 5]) {
    for (const length of [1, 2, 3, 17]) {
      const guard = new CircleGuard('events', 'filter=x')
      const walk = (): void => {
        for (let step = 1; step < 200; step += 1) {
          const place = step < lead ? step : lead + ((step - lead) % length)
          guard.check(place === 0 ? 'filter=x' : `filter=x&cursor=${place}`)
        }
      }
      expect(walk).toThrow(/leads back to a page/)
    }
  }
})

test('the same parameters in another spelling are the same; a long walk is no circle', () => {
  const guard = new CircleGuard('events', 'a=1&page%5Bsize%5D=10')
  expect(() => guard.check('page[size]=10&a=1')).toThrow(/leads back/)
  const long = new CircleGuard('events', 'a=1')
  for (let step = 0; step < 3_000; step += 1) long.check(`a=1&cursor=${step}`)
})

test('an empty page that leads to itself is asked for again, for a while', () => {
  const guard = new CircleGuard('events', 'a=1')
  for (let page = 1; page < 5; page += 1) {
    guard.check(`a=1&cursor=${page}`)
    for (let empty = 0; empty < 10; empty += 1) guard.check(`a=1&cursor=${page}`, true)
  }
  expect(() => guard.check('a=1&cursor=4', true)).toThrow(/from an empty page to itself/)
  expect(() => new CircleGuard('events', 'a=1').check('a=1', false)).toThrow(/leads back/)
})
