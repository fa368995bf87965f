import { expect, test } from 'vitest'
import { sandboxClock } from '../../src/sandbox/clock.ts'

const NOON = Date.UTC(2026, 10, 20, 12)

test('it goes forward by what it is told, and by nothing else', () => {
  const clock = sandboxClock({ startMs: NOON, scale: 0 })
  for (const ms of [-1, Number.NaN, 1e300, Number.POSITIVE_INFINITY, Date.UTC(2100)]) {
    expect(() => clock.advance(ms)).toThrow(`The clock cannot move by ${ms} ms`)
  }
  clock.advance(1_500)
  expect(clock.now()).toBe(NOON + 1_500)
})

test('it shows no year that a shop cannot have, however fast it runs', async () => {
  for (const startMs of [Number.NaN, -1, Date.UTC(2009), Date.UTC(2100), 1e300]) {
    expect(() => sandboxClock({ startMs })).toThrow('it shows 2010 to 2099')
  }
  for (const scale of [Number.NaN, -1, Number.POSITIVE_INFINITY]) {
    expect(() => sandboxClock({ scale })).toThrow(`at ${scale} times the wall's`)
  }
  const clock = sandboxClock({ startMs: NOON, scale: 1e300 })
  await new Promise((resolve) => setTimeout(resolve, 5))
  expect(clock.now()).toBe(Date.UTC(2100))
})
