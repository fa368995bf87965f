import { expect, test } from 'vitest'
import { KLAVIYO_ORIGIN, parseSourceUri } from '../../src/config/source-uri.ts'
import { REVISION } from '../../src/klaviyo/catalog/catalog.ts'
import { rowsOf } from './pages.ts'

/** `parameter | for example | without it | …` */
const rows = rowsOf('docs/source.md', 'parameter')

const messageOf = (uri: string): string => {
  try {
    parseSourceUri(uri, {})
    return ''
  } catch (error) {
    return String(error)
  }
}

test('the page has the parameters that the parser takes, and no others', () => {
  const taken = /It takes (.*)\.$/.exec(messageOf('klaviyo://?something_else_entirely=1'))?.[1]
  expect(new Set(rows.map(([name]) => name))).toEqual(new Set(taken?.split(', ')))
})

test('the examples are read, and matter', () => {
  const plain = parseSourceUri('klaviyo://?api_key=pk_x', {})
  const query = rows.map(([name, example]) => `${name}=${encodeURIComponent(example ?? '')}`).join('&')
  const given = parseSourceUri(`klaviyo://?${query}`, {})
  expect(given.apiKey.reveal()).toBe('pk_…')
  for (const name of ['account', 'rateShare', 'revision', 'baseUrl'] as const)
    expect({ name, value: given[name] }).not.toEqual({ name, value: plain[name] })
})

test('what holds without them is what the page says', () => {
  const { rateShare } = parseSourceUri('klaviyo://', { KLAVIYO_API_KEY: 'pk_x' })
  const without = Object.fromEntries(rows.map(([name, , text]) => [name, text]))
  expect(without).toMatchObject({
    api_key: 'the environment variable KLAVIYO_API_KEY',
    rate_share: String(rateShare),
    base_url: KLAVIYO_ORIGIN,
  })
  expect(without['revision']).toMatch(new RegExp(`^${REVISION},`))
})

test.each([
  ['an empty one counts as not given', 'klaviyo://?api_key=pk_x&account=&rate_share=', ''],
  ['a share above 1', 'klaviyo://?api_key=pk_x&rate_share=1.1', 'rate_share'],
  ['a share of 0', 'klaviyo://?api_key=pk_x&rate_share=0', 'rate_share'],
  ['a path', 'klaviyo://?api_key=pk_x&base_url=https://example.com/api', 'base_url'],
  ['http to another machine', 'klaviyo://?api_key=pk_x&base_url=http://example.com', 'base_url'],
])('as the page says: %s', (_, uri, refused) => {
  if (refused === '') expect(messageOf(uri)).toBe('')
  else expect(messageOf(uri)).toContain(refused)
})
