import { expect, it } from 'vitest'
import { nearest } from './nearest.ts'

const candidates = ['profiles', 'events', 'catalog-items', 'lists']

it.each([
  ['profile', 'profiles'],
  ['Events', 'events'],
  ['evnets', 'events'],
  ['catalog_items', 'catalog-items'],
  ['list', 'lists'],
])('takes "%s" for "%s"', (word, expected) => {
  expect(nearest(word, candidates)).toBe(expected)
})

it.each(['', 'x', 'orders', 'subscribers'])('takes "%s" for nothing', (word) => {
  expect(nearest(word, candidates)).toBeNull()
})

it('has nothing to offer from nothing', () => {
  expect(nearest('events', [])).toBeNull()
})
