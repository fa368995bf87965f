import { expect, test } from 'vitest'
import { ManualClock } from '../../util/test-clock.ts'
import { Governors } from './governors.ts'

const never = new AbortController().signal
const budget = { key: '/api/x', rate: { perSecond: 2, perMinute: 4 }, label: '/api/x' }

test('two keys of one account spend one budget, those of another account another one', async () => {
  const clock = new ManualClock(0)
  const governors = new Governors(clock)
  const [first, second, other] = ['a', 'b', 'c'].map((key) => governors.forKey(key))
  governors.identify('a', 'AcMe')
  governors.identify('b', 'AcMe')
  governors.identify('c', 'Other')
  for (const governor of [first, second]) (await governor?.acquire(budget, never))?.settle()
  expect(first?.usage('/api/x').requests).toBe(2)
  expect(second?.waitMs(budget)).toBeGreaterThanOrEqual(1_000)
  expect(other?.waitMs(budget)).toBe(0)
})

test('a governor outlives its client: what a key has spent is known to the next one', async () => {
  const clock = new ManualClock(0)
  const governors = new Governors(clock)
  for (let taken = 0; taken < 2; taken += 1) (await governors.forKey('a').acquire(budget, never)).settle()
  expect(governors.forKey('a').waitMs(budget)).toBeGreaterThanOrEqual(1_000)
  // The account's first key brings along what it has spent.
  governors.identify('a', 'AcMe')
  governors.identify('b', 'AcMe')
  expect(governors.forKey('b').waitMs(budget)).toBeGreaterThanOrEqual(1_000)
})

test('the smallest share that was asked for holds for the account, from then on', async () => {
  const clock = new ManualClock(0)
  const governors = new Governors(clock)
  const governor = governors.forKey('a')
  governors.forKey('b', 0.5)
  governors.identify('a', 'AcMe')
  governors.identify('b', 'AcMe')
  ;(await governor.acquire(budget, never)).settle()
  expect(governor.waitMs(budget)).toBeGreaterThanOrEqual(1_000)
  expect(() => governors.forKey('c', 0)).toThrow('rateShare is 0')
})
