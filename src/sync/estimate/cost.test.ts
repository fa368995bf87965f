import { describe, expect, test } from 'vitest'
import { costOf, shareOf } from './cost.ts'
import type { Load } from './cost.ts'
import { limitTimes, timeLeft } from './time-left.ts'

const rate = { perSecond: 10, perMinute: 150 }
const load = (requests: number, more: Partial<Load> & Readonly<{ endpoint?: string }> = {}): Load => ({
  spendings: [{ endpoint: more.endpoint ?? '/api/events', rate, requests }],
  latencyMs: 0,
  rows: 0,
  ...more,
})

describe('limits', () => {
  test('a window that everything fits into holds up nothing', () => {
    expect(limitTimes(150, rate)).toEqual({ burst: 15_000, steady: 0, daily: 0 })
  })

  test('full windows are waited out, and the rest goes at the speed of the burst limit', () => {
    expect(limitTimes(151, rate).steady).toBe(60_100)
    expect(limitTimes(300, rate).steady).toBe(75_000)
    expect(limitTimes(301, rate).steady).toBe(120_100)
  })

  test('a day that is used up is waited out as well', () => {
    expect(limitTimes(1_000, { ...rate, perDay: 1_000 }).daily).toBe(0)
    expect(limitTimes(1_200, { ...rate, perDay: 1_000 }).daily).toBe(86_400_000 + 60_000)
  })
})

describe('the time left', () => {
  const left = { pageRows: 100, rate }
  test('is what the speed seen makes of the rest', () => {
    expect(timeLeft({ ...left, rowsLeft: 1_000, rowsPerSecondSeen: 100 })).toBe(10_000)
  })

  test('is no shorter than the limits allow, however fast it began', () => {
    expect(timeLeft({ ...left, rowsLeft: 30_000, rowsPerSecondSeen: 10_000 })).toBe(75_000)
  })

  test('is nothing when nothing is left, and goes by the limits before the first row', () => {
    expect(timeLeft({ ...left, rowsLeft: 0, rowsPerSecondSeen: 0 })).toBe(0)
    expect(timeLeft({ ...left, rowsLeft: 1_000, rowsPerSecondSeen: 0 })).toBe(1_000)
  })
})

describe('the cost', () => {
  test('names what binds', () => {
    expect(costOf([load(20)])).toEqual({ durationMs: 2_000, boundBy: 'burst' })
    expect(costOf([load(300)])).toEqual({ durationMs: 75_000, boundBy: 'steady' })
    expect(costOf([load(20, { latencyMs: 6_000 })])).toEqual({ durationMs: 6_000, boundBy: 'latency' })
    expect(costOf([load(20, { rows: 1_000_000 })])).toEqual({ durationMs: 10_000, boundBy: 'engine' })
    expect(costOf([])).toEqual({ durationMs: 0, boundBy: 'latency' })
  })

  test('of tables side by side is that of the slowest endpoint', () => {
    const elsewhere = load(100, { endpoint: '/api/lists' })
    expect(costOf([load(100), elsewhere]).durationMs).toBe(10_000)
    expect(costOf([load(100), load(50)])).toEqual({ durationMs: 15_000, boundBy: 'burst' })
  })

  test('of rows adds up, as all tables share one engine', () => {
    const loads = [load(1, { rows: 600_000 }), load(1, { rows: 400_000, endpoint: '/api/profiles' })]
    expect(costOf(loads)).toEqual({ durationMs: 10_000, boundBy: 'engine' })
  })

  test('grows when only a share of the limits is ours', () => {
    expect(shareOf({ ...rate, perDay: 1_000 }, 0.5)).toEqual({ perSecond: 5, perMinute: 75, perDay: 500 })
  })
})
