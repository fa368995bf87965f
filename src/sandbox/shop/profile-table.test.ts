import { expect, test } from 'vitest'
import { shopBasics } from './basics.ts'
import { ProfileTable } from './profile-table.ts'
import { firstsOfMonths } from './profile-updates.ts'

const nowMs = Date.UTC(2026, 6, 20, 9, 30)
const options = { seed: 4, profiles: 6_000, events: 0, account: 1, nowMs }
const basics = shopBasics(options)
const profileTable = new ProfileTable(basics, options.profiles)

test('an id tells its index, and nobody else has it', () => {
  const ids = Array.from({ length: profileTable.count }, (_, i) => profileTable.id(i))
  expect(new Set(ids).size).toBe(profileTable.count)
  expect(ids.every((id) => /^[0-9A-HJKMNP-TV-Z]{26}$/u.test(id))).toBe(true)
  expect(ids.findIndex((id, i) => profileTable.find(id) !== i)).toBe(-1)
})

test('other ids are nobody: of deleted customers, of another account, in other letters', () => {
  const other = new ProfileTable(shopBasics({ ...options, account: 2 }), 50)
  for (const id of [
    profileTable.id(profileTable.count + 3),
    other.id(5),
    profileTable.id(5).toLowerCase(),
    '',
    'x',
    'é'.repeat(26),
  ]) {
    expect(profileTable.find(id)).toBe(-1)
  }
})

test('the first ten letters are the moment of creation', () => {
  const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
  const ms = Array.from(profileTable.id(4_321).slice(0, 10)).reduce(
    (sum, letter) => sum * 32 + crockford.indexOf(letter),
    0,
  )
  expect(ms).toBe(Math.floor((profileTable.createdMicros[4_321] ?? 0) / 1000))
})

test('times are in order: created ascending, updated after it and before now', () => {
  for (let i = 0; i < profileTable.count; i++) {
    const created = profileTable.createdMicros[i] ?? 0
    expect(created).toBeGreaterThanOrEqual(profileTable.createdMicros[i - 1] ?? 0)
    expect(profileTable.updatedMicros[i]).toBeGreaterThanOrEqual(created)
    expect(profileTable.updatedMicros[i]).toBeLessThan(nowMs * 1000)
    expect(Number.isInteger(created)).toBe(true)
  }
  expect(profileTable.countAt(basics.nowS)).toBe(profileTable.count)
})

test('imports put hundreds into one second, more than a page, some of them without a fraction', () => {
  const seconds = new Map<number, number>()
  let whole = 0
  for (const updated of profileTable.updatedMicros) {
    const second = Math.floor(updated / 1_000_000)
    seconds.set(second, (seconds.get(second) ?? 0) + 1)
    if (updated % 1_000_000 === 0) whole++
  }
  expect(Math.max(...seconds.values())).toBeGreaterThan(300)
  expect(whole).toBeGreaterThan(500)
})

test('dozens were updated exactly on the edge of a month or day', () => {
  const edges = new Set(firstsOfMonths(basics).map((edgeS) => edgeS * 1_000_000))
  expect(profileTable.updatedMicros.filter((updated) => edges.has(updated)).length).toBeGreaterThan(24)
})
