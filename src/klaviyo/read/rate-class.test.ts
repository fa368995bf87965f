import { expect, test } from 'vitest'
import { rateClassOf } from './rate-class.ts'

const rate = { perSecond: 75, perMinute: 750 }
const slow = { perSecond: 10, perMinute: 150 }
const slowest = { perSecond: 1, perMinute: 15 }
const parameter = 'additional-fields[profile]'
const table = {
  rate,
  reducedRates: [
    { parameter, value: 'predictive_analytics', rate: slow },
    { parameter: 'include', value: 'lists', rate: slowest },
  ],
}

test('a costly addition brings its own limits, the slowest of several', () => {
  expect(rateClassOf(table, [['page[size]', '100']])).toEqual({ rate, name: '' })
  expect(rateClassOf(table, [[parameter, 'subscriptions']])).toEqual({ rate, name: '' })
  const one: [string, string] = [parameter, 'subscriptions,predictive_analytics']
  expect(rateClassOf(table, [one])).toEqual({ rate: slow, name: `${parameter}=predictive_analytics` })
  expect(rateClassOf(table, [one, ['include', 'lists']])).toEqual({ rate: slowest, name: 'include=lists' })
})
