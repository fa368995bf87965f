import { expect, test } from 'vitest'
import { checkInterval, parseDuration, parseInstant } from './interval.ts'

test.each([
  ['2022-01-01', '2022-01-01T00:00:00Z'],
  ['2022-01-01T12:30:15', '2022-01-01T12:30:15Z'],
  ['2022-01-01 12:30', '2022-01-01T12:30:00Z'],
  ['2022-01-01T12:30:15.999Z', '2022-01-01T12:30:15Z'],
  ['2022-01-01T12:30:15+02:00', '2022-01-01T10:30:15Z'],
])('%s is %s', (text, iso) => {
  expect(parseInstant(text, 'intervalStart')).toBe(Date.parse(iso) / 1000)
})

test.each(['yesterday', '2022-13-01', '2022-02-30', '01/02/2022', '', '2022', '2022-01-01T25:00:00Z'])(
  '"%s" is refused',
  (text) => {
    expect(() => parseInstant(text, 'intervalStart')).toThrow(`intervalStart "${text}" is not a date`)
  },
)

test.each([
  ['7d', 604_800],
  ['0', 0],
  ['1.5h', 5_400],
  ['90m', 5_400],
  ['2w', 1_209_600],
  ['30s', 30],
])('%s is %d seconds', (text, seconds) => {
  expect(parseDuration(text, 'lookback')).toBe(seconds)
})

test.each(['7', '-1d', 'week', ''])('"%s" is no duration', (text) => {
  expect(() => parseDuration(text, 'lookback')).toThrow('is not a duration')
})

test('an interval runs forwards and has begun', () => {
  const [start, end, now] = [1_640_995_200, 1_643_673_600, 1_700_000_000]
  expect(() => checkInterval({ start, end }, now)).not.toThrow()
  expect(() => checkInterval({ start, end: now + 86_400 }, now)).not.toThrow()
  expect(() => checkInterval({ start: now + 300, end: null }, now)).not.toThrow()
  expect(() => checkInterval({ start, end: start }, now)).toThrow(
    'intervalEnd "2022-01-01T00:00:00Z" is not after intervalStart "2022-01-01T00:00:00Z"',
  )
  expect(() => checkInterval({ start: now + 301, end: null }, now)).toThrow(
    'intervalStart "2023-11-14T22:18:21Z" is in the future',
  )
})
