import { expect, test } from 'vitest'
import type { Coverage } from '../model/coverage.ts'
import { planRead } from './plan.ts'
import type { PlanRequest } from './plan.ts'

const DAY = 86_400
const now = 100 * DAY
const request = (changes: Partial<PlanRequest>): PlanRequest => ({
  passes: [''],
  coverage: new Map(),
  ordered: true,
  interval: { start: null, end: null },
  earliest: null,
  lookbackSeconds: 7 * DAY,
  reload: false,
  demand: 'a',
  unfinished: null,
  now,
  ...changes,
})
const covered = (...pieces: readonly (readonly [number, number, number])[]): ReadonlyMap<string, Coverage> =>
  new Map([
    ['', pieces.map(([from, to, readAt]) => ({ from: from * DAY, to: to * DAY, readAt: readAt * DAY }))],
  ])
const windows = (plan: ReturnType<typeof planRead>): readonly unknown[] =>
  plan.tasks.map(({ from, to, keepTo }) => [from / DAY, to / DAY, keepTo === null ? null : keepTo / DAY])

test('a first run reads everything up to its start, and rows dated in the future too', () => {
  expect(windows(planRead(request({})))).toEqual([[0, 100, null]])
})

test('the next run reads what is new and looks back behind the end of what was read', () => {
  const plan = planRead(request({ coverage: covered([0, 90, 90]) }))
  expect(windows(plan)).toEqual([[83, 100, null]])
  expect(plan.reread).toEqual([{ from: 83 * DAY, to: 90 * DAY }])
  expect(plan.forget).toEqual([{ pass: '', window: { from: 83 * DAY, to: 100 * DAY } }])
})

test('a hole between runs is closed, and the tail before it was settled by no one', () => {
  const plan = planRead(request({ coverage: covered([0, 50, 50], [60, 90, 90]) }))
  expect(windows(plan)).toEqual([
    [43, 60, 60],
    [83, 100, null],
  ])
})

test('what was read long after its time needs no lookback', () => {
  expect(
    windows(planRead(request({ coverage: covered([0, 50, 90], [50, 90, 90]), lookbackSeconds: 7 * DAY }))),
  ).toEqual([[83, 100, null]])
})

test('an interval in the past is half-open and closed at its end', () => {
  const interval = { start: 10 * DAY, end: 20 * DAY }
  expect(windows(planRead(request({ interval })))).toEqual([[10, 20, 20]])
  expect(windows(planRead(request({ interval, coverage: covered([0, 50, 90]) })))).toEqual([])
  expect(windows(planRead(request({ interval, coverage: covered([0, 50, 90]), reload: true })))).toEqual([
    [10, 20, 20],
  ])
})

test('an interval that ends in the future is covered up to now only', () => {
  expect(windows(planRead(request({ interval: { start: 95 * DAY, end: 120 * DAY } })))).toEqual([
    [95, 100, 120],
  ])
})

test('a killed run goes on where it was, without a second lookback', () => {
  const coverage = covered([0, 99, 99])
  const reread = [{ from: 83 * DAY, to: 90 * DAY }]
  const unfinished = { startedAt: 99.5 * DAY, demand: 'a', reread }
  const plan = planRead(request({ coverage, unfinished }))
  expect(windows(plan)).toEqual([[99, 100, null]])
  expect(plan).toMatchObject({ resumed: true, readAt: 99.5 * DAY, reread, forget: [] })
  expect(windows(planRead(request({ coverage, unfinished, demand: 'b' })))).toEqual([[92, 100, null]])
  expect(
    windows(planRead(request({ coverage, unfinished: { ...unfinished, startedAt: 90 * DAY } }))),
  ).toEqual([[92, 100, null]])
})

test('passes are covered apart: a new one is read from where the others begin', () => {
  const coverage = new Map([['email', [{ from: 40 * DAY, to: 90 * DAY, readAt: 90 * DAY }]]])
  const plan = planRead(request({ passes: ['email', 'sms'], coverage }))
  expect(plan.tasks.map(({ pass, from }) => [pass, from / DAY])).toEqual([
    ['email', 83],
    ['sms', 40],
  ])
})
