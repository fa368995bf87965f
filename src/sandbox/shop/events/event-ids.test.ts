import { describe, expect, test } from 'vitest'
import { EventIds } from './event-ids.ts'

describe.each([1, 2, 999, 200_000, 10_000_000])('%i ids', (count) => {
  const ids = new EventIds(11, count)
  const slots = [0, 1, 2, 3, Math.floor(count / 3), Math.floor(count / 2), count - 2, count - 1]
    .filter((slot, k, all) => slot >= 0 && slot < count && all.indexOf(slot) === k)
    .sort((a, b) => a - b)

  test('have eleven letters or digits and tell their slot', () => {
    for (const slot of slots) {
      expect(ids.text(slot)).toMatch(/^[0-9A-Za-z]{11}$/u)
      expect(ids.slot(ids.text(slot))).toBe(slot)
    }
  })

  test('sort as slots do', () => {
    const texts = slots.map((slot) => ids.text(slot))
    expect(texts.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(texts)
  })
})

test('an id that was never given has no slot', () => {
  const ids = new EventIds(11, 5_000)
  const id = ids.text(77)
  const last = id.endsWith('a') ? 'b' : 'a'
  for (const wrong of [
    id.slice(0, -1) + last,
    id.slice(1),
    `${id}0`,
    '-'.repeat(11),
    'zzzzzzzzzzz',
    '',
    new EventIds(12, 5_000).text(77),
  ]) {
    expect(ids.slot(wrong)).toBe(-1)
  }
})
