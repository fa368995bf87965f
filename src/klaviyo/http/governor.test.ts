import { assert, asyncProperty, constantFrom, integer } from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Rate } from '../../model/table.ts'
import { ManualClock } from '../../util/test-clock.ts'
import { createGovernor, type Governor } from './governor.ts'

/** Klaviyo's side: fixed windows that started at some moment of their own. */
class FixedWindows {
  readonly #limits: readonly Readonly<{ windowMs: number; limit: number; phaseMs: number }>[]
  readonly #counts = new Map<string, number>()
  accepted = 0
  refused = 0

  constructor(limits: readonly Readonly<{ windowMs: number; limit: number; phaseMs: number }>[]) {
    this.#limits = limits
  }

  /** Milliseconds to wait, or null when the request is let in. */
  arrive(atMs: number): number | null {
    const slots = this.#limits.map(({ windowMs, limit, phaseMs }) => {
      const slot = Math.floor((atMs - phaseMs) / windowMs)
      return { name: `${windowMs}:${slot}`, limit, endMs: (slot + 1) * windowMs + phaseMs }
    })
    const full = slots.find(({ name, limit }) => (this.#counts.get(name) ?? 0) >= limit)
    if (full !== undefined) {
      this.refused += 1
      return Math.ceil((full.endMs - atMs) / 1_000) * 1_000
    }
    for (const { name } of slots) this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1)
    this.accepted += 1
    return null
  }
}

const never = new AbortController().signal

const serverOf = (rate: Rate, phases: readonly number[]): FixedWindows =>
  new FixedWindows([
    { windowMs: 1_000, limit: rate.perSecond, phaseMs: phases[0] ?? 0 },
    { windowMs: 60_000, limit: rate.perMinute, phaseMs: phases[1] ?? 0 },
  ])

type Traffic = Readonly<{
  clock: ManualClock
  governor: Governor
  server: FixedWindows
  rate: Rate
  workers: number
  untilMs: number
  /** Uniform in 0..1. */
  random: () => number
  latencyMs: () => number
}>

/** Workers that send as fast as they are allowed to. The server counts somewhere between sending and answer. */
async function saturate(traffic: Traffic): Promise<void> {
  const { clock, governor, server, rate, random } = traffic
  const stop = new AbortController()
  const worker = async (): Promise<void> => {
    while (clock.now() < traffic.untilMs) {
      const permit = await governor.acquire({ key: 'k', rate, label: '/api/x' }, stop.signal)
      const latencyMs = traffic.latencyMs()
      const thereMs = latencyMs * random()
      await clock.sleep(thereMs)
      const throttledForMs = server.arrive(clock.now())
      await clock.sleep(latencyMs - thereMs)
      permit.settle(throttledForMs === null ? {} : { throttledForMs })
    }
  }
  const all = Promise.allSettled(Array.from({ length: traffic.workers }, worker))
  await clock.advanceTo(traffic.untilMs)
  stop.abort()
  while (await clock.next());
  await all
}

const generator = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const rates: readonly Rate[] = [
  { perSecond: 1, perMinute: 15 },
  { perSecond: 3, perMinute: 60 },
  { perSecond: 10, perMinute: 150 },
  { perSecond: 75, perMinute: 750 },
]

describe('alone on an account', () => {
  test('no 429 at any phase and latency, and at least 97 % of the steady limit used', async () => {
    await assert(
      asyncProperty(
        constantFrom(...rates),
        integer({ min: 0, max: 400 }),
        integer({ min: 0, max: 59_999 }),
        integer({ min: 0, max: 2 ** 32 - 1 }),
        async (rate, maxLatencyMs, phaseMs, seed) => {
          const clock = new ManualClock(seed % 60_000)
          const server = serverOf(rate, [phaseMs % 1_000, phaseMs])
          const random = generator(seed)
          const startMs = clock.now()
          const minutes = rate.perMinute > 200 ? 3 : 20
          const untilMs = startMs + minutes * 60_000
          const latencyMs = (): number => Math.floor(maxLatencyMs * random())
          await saturate({
            clock,
            governor: createGovernor({ clock }),
            server,
            rate,
            workers: 40,
            untilMs,
            random,
            latencyMs,
          })
          expect(server.refused).toBe(0)
          expect(server.accepted).toBeGreaterThanOrEqual(0.97 * rate.perMinute * minutes)
          expect(clock.sleeping).toBe(0)
        },
      ),
      { numRuns: 30 },
    )
  })

  test('the largest class at a steady 300 ms: use over ten minutes', async () => {
    const rate: Rate = { perSecond: 350, perMinute: 3_500 }
    const clock = new ManualClock(12_345)
    const governor = createGovernor({ clock })
    const server = serverOf(rate, [321, 45_678])
    const untilMs = clock.now() + 10 * 60_000
    const common = { clock, governor, server, rate, workers: 128, untilMs, random: generator(7) }
    await saturate({ ...common, latencyMs: () => 300 })
    expect(server.refused).toBe(0)
    expect(server.accepted / 35_000).toBeGreaterThan(0.98)
    expect(governor.usage('k')).toMatchObject({ requests: server.accepted, throttled: 0 })
    expect(governor.usage('k').limitShare).toBeGreaterThan(0.97)
  })
})

describe('in company', () => {
  test('another user of the budget is met with less, not with failure', async () => {
    const rate: Rate = { perSecond: 75, perMinute: 750 }
    const clock = new ManualClock(0)
    const server = serverOf(rate, [200, 17_000])
    const untilMs = 15 * 60_000
    let others = 0
    const other = async (): Promise<void> => {
      // Five a second: 40 % of the steady limit.
      for (; clock.now() < untilMs; await clock.sleep(200))
        if (server.arrive(clock.now()) === null) others += 1
    }
    const governor = createGovernor({ clock })
    const busy = other()
    await saturate({
      clock,
      governor,
      server,
      rate,
      workers: 20,
      untilMs,
      random: generator(3),
      latencyMs: () => 200,
    })
    await busy
    const { requests, throttled } = governor.usage('k')
    // They want 40 % and get nearly all of it; we are left 60 % and use nearly all of that.
    expect(others).toBeGreaterThan(0.9 * 5 * 60 * 15)
    expect(requests - throttled).toBeGreaterThan(0.55 * 750 * 15)
    expect(throttled / requests).toBeLessThan(0.05)
  })

  test('what an earlier run spent a moment ago costs one wait, and no share', async () => {
    const rate: Rate = { perSecond: 75, perMinute: 750 }
    const clock = new ManualClock(0)
    const server = serverOf(rate, [500, 30_000])
    for (let spent = 0; spent < 600; spent += 1) server.arrive(-9_401 + spent * 14)
    const before = server.accepted
    const governor = createGovernor({ clock })
    const untilMs = 5 * 60_000
    const latencyMs = (): number => 200
    await saturate({ clock, governor, server, rate, workers: 20, untilMs, random: generator(5), latencyMs })
    expect(governor.usage('k').throttled).toBeGreaterThan(0)
    expect(governor.usage('k').throttled).toBeLessThanOrEqual(20)
    expect(server.accepted - before).toBeGreaterThan(0.9 * 750 * 5)
  })

  test('rateShare leaves the rest free, also where the limit is one request', async () => {
    for (const [rate, rateShare] of [
      [{ perSecond: 75, perMinute: 750 }, 0.8],
      [{ perSecond: 1, perMinute: 15 }, 0.5],
      [{ perSecond: 1, perMinute: 1 }, 0.25],
    ] as const) {
      const clock = new ManualClock(0)
      const server = serverOf(rate, [0, 0])
      const governor = createGovernor({ clock, rateShare })
      const untilMs = 20 * 60_000
      await saturate({
        clock,
        governor,
        server,
        rate,
        workers: 10,
        untilMs,
        random: generator(1),
        latencyMs: () => 50,
      })
      const allowed = rate.perMinute * rateShare * 20
      expect(server.accepted).toBeLessThanOrEqual(allowed + rate.perMinute * rateShare + 1)
      expect(server.accepted).toBeGreaterThan(0.9 * allowed)
    }
  })

  test('a share that is no share is refused', () => {
    const clock = new ManualClock(0)
    for (const rateShare of [0, -1, 1.1, Number.NaN])
      expect(() => createGovernor({ clock, rateShare })).toThrow(RangeError)
  })
})

describe('one budget', () => {
  const rate: Rate = { perSecond: 2, perMinute: 100 }
  const budget = { key: 'a /api/x', rate, label: '/api/x' }

  test('first come, first served; an aborted waiter leaves the queue at once', async () => {
    const clock = new ManualClock(0)
    const governor = createGovernor({ clock })
    const order: string[] = []
    const take = async (name: string, signal = never): Promise<void> => {
      const permit = await governor.acquire(budget, signal)
      order.push(`${name}@${Math.floor(clock.now() / 1_000)}`)
      permit.settle()
    }
    const stop = new AbortController()
    const [a, b, c, d] = [take('a'), take('b'), take('c', stop.signal), take('d')]
    await clock.advance(10)
    stop.abort(new Error('enough'))
    await expect(c).rejects.toThrow('enough')
    await clock.advance(1_100)
    await Promise.all([a, b, d])
    expect(order).toEqual(['a@0', 'b@0', 'd@1'])
    expect(clock.sleeping).toBe(0)
    await expect(governor.acquire(budget, stop.signal)).rejects.toThrow('enough')
  })

  test('the last waiter to give up leaves no alarm behind', async () => {
    const clock = new ManualClock(0)
    const governor = createGovernor({ clock })
    for (let taken = 0; taken < 2; taken += 1) (await governor.acquire(budget, never)).settle()
    const stop = new AbortController()
    const waiting = governor.acquire(budget, stop.signal)
    expect(clock.sleeping).toBe(1)
    stop.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    expect(clock.sleeping).toBe(0)
  })

  test('headers correct the limits, both ways', async () => {
    const clock = new ManualClock(0)
    const governor = createGovernor({ clock })
    const first = await governor.acquire(budget, never)
    first.settle({ limits: [{ limit: 5, windowSeconds: 1 }] })
    for (let taken = 1; taken < 5; taken += 1) (await governor.acquire(budget, never)).settle()
    expect(clock.now()).toBe(0)
    const sixth = governor.acquire(budget, never)
    await clock.next()
    expect(clock.now()).toBeGreaterThanOrEqual(1_000)
    ;(await sixth).settle({ limits: [{ limit: 1, windowSeconds: 1 }] })
    const seventh = governor.acquire(budget, never)
    await clock.next()
    expect(clock.now()).toBeGreaterThanOrEqual(2_000)
    await seventh
  })

  test('one 429 stops the whole budget for as long as it says, and no other budget', async () => {
    const clock = new ManualClock(0)
    const governor = createGovernor({ clock })
    ;(await governor.acquire(budget, never)).settle({ throttledForMs: 30_000 })
    const waiting = [governor.acquire(budget, never), governor.acquire(budget, never)]
    ;(await governor.acquire({ ...budget, key: 'b /api/x' }, never)).settle()
    expect(clock.now()).toBe(0)
    await clock.next()
    expect(clock.now()).toBe(30_000)
    await Promise.all(waiting)
    expect(governor.usage(budget.key)).toMatchObject({ requests: 3, throttled: 1 })
  })

  test('settling twice counts once', async () => {
    const clock = new ManualClock(0)
    const governor = createGovernor({ clock })
    const permit = await governor.acquire(budget, never)
    permit.settle({ throttledForMs: 1_000 })
    permit.settle({ throttledForMs: 1_000 })
    expect(governor.usage(budget.key).throttled).toBe(1)
  })

  test('a daily limit ends in an error that says when to come back', async () => {
    const clock = new ManualClock(Date.UTC(2026, 4, 1, 8))
    const governor = createGovernor({ clock })
    const daily = { ...budget, rate: { perSecond: 100, perMinute: 1_000, perDay: 3 } }
    for (let taken = 0; taken < 3; taken += 1) (await governor.acquire(daily, never)).settle()
    await expect(governor.acquire(daily, never)).rejects.toThrow(
      /"\/api\/x" is used up until 2026-05-02T08:00Z/,
    )
    expect(clock.sleeping).toBe(0)
    await clock.advance(86_500_000)
    await governor.acquire(daily, never)
  })

  test('a wait of hours, told by the server, fails everybody in the queue', async () => {
    const clock = new ManualClock(Date.UTC(2026, 4, 1, 8))
    const governor = createGovernor({ clock })
    const [first, second] = [await governor.acquire(budget, never), await governor.acquire(budget, never)]
    const waiting = [governor.acquire(budget, never), governor.acquire(budget, never)]
    first.settle({ throttledForMs: 5 * 3_600_000 })
    for (const waiter of waiting) await expect(waiter).rejects.toThrow(/2026-05-01T13:00Z/)
    second.settle()
    expect(clock.sleeping).toBe(0)
  })

  test('a wait of a day is sat through by who asks for that, and refused to the others', async () => {
    const clock = new ManualClock(Date.UTC(2026, 4, 1, 8))
    const governor = createGovernor({ clock })
    const daily = { ...budget, rate: { perSecond: 100, perMinute: 1_000, perDay: 1 } }
    expect(governor.waitMs(daily)).toBe(0)
    const first = await governor.acquire(daily, never)
    expect(governor.waitMs(daily)).toBeNull()
    first.settle()
    expect(governor.waitMs(daily)).toBeGreaterThanOrEqual(86_400_000)
    const patient = governor.acquire(daily, never, { maxWaitMs: 2 * 86_400_000 })
    const refusal = await governor.acquire(daily, never).catch((error: unknown) => error)
    expect(refusal).toMatchObject({ code: 'limit-used-up', facts: { waitMs: governor.waitMs(daily) } })
    await clock.advance(86_500_000)
    ;(await patient).settle()
    expect(clock.sleeping).toBe(0)
  })

  test('a wait of seconds is told once, by one of those who wait', async () => {
    const clock = new ManualClock(0)
    const governor = createGovernor({ clock })
    const minute = { ...budget, rate: { perSecond: 10, perMinute: 2 } }
    const told: number[] = []
    const take = async (): Promise<void> =>
      (await governor.acquire(minute, never, { onWait: (waitMs) => told.push(waitMs) })).settle()
    const taking = Promise.all(Array.from({ length: 4 }, take))
    await clock.advance(100)
    expect(told).toHaveLength(1)
    expect(told[0]).toBeGreaterThan(59_000)
    await clock.advance(61_000)
    await taking
    expect(told).toHaveLength(1)
    // A second's wait is not worth a word.
    const burst = { ...budget, key: 'burst' }
    for (let taken = 0; taken < 2; taken += 1) (await governor.acquire(burst, never)).settle()
    const third = governor.acquire(burst, never, { onWait: (waitMs) => told.push(waitMs) })
    await clock.advance(1_100)
    await third
    expect(told).toHaveLength(1)
  })
})
