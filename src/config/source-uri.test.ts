import { expect, test } from 'vitest'
import { parseSourceUri } from './source-uri.ts'

test('reads every parameter', () => {
  const source = parseSourceUri(
    'klaviyo://?api_key=pk_x&base_url=http://127.0.0.1:8080/&revision=2025-10-15&account=shop&rate_share=0.8',
    {},
  )
  expect(source.apiKey.reveal()).toBe('pk_x')
  expect(source).toMatchObject({
    baseUrl: 'http://127.0.0.1:8080',
    revision: '2025-10-15',
    account: 'shop',
    rateShare: 0.8,
  })
})

test('takes the key from the environment where the URI has none', () => {
  expect(parseSourceUri('klaviyo://', { KLAVIYO_API_KEY: 'pk_env' }).apiKey.reveal()).toBe('pk_env')
})

test.each([
  ['postgres://?api_key=pk_secret', /is not one of Klaviyo's/],
  ['klaviyo:?api_key=pk_secret', null],
  ['klaviyo//api_key=pk_secret', /is not one of Klaviyo's/],
  ['klaviyo://host?api_key=pk_secret', /nothing between/],
  ['klaviyo://?apikey=pk_secret', /unknown parameter "apikey"\. Did you mean "api_key"\?/],
  ['klaviyo://?api_key=pk_secret&base_url=nonsense', /"base_url" \("nonsense"\) is not an origin/],
  ['klaviyo://?api_key=pk_secret&base_url=http://example.com', /unencrypted/],
  ['klaviyo://?api_key=pk_secret&revision=latest', /revision "latest" is not a date/],
  ['klaviyo://?api_key=pk_secret&base_url=https://user:pk_secret@example.com', /is not an origin/],
  ['klaviyo://?api_key=pk_secret&revision=2026-13-45', /is not a date/],
  ['klaviyo://?pk_secret', /unknown parameter "\*\*\*"/],
  ['klaviyo://pk_secret', /nothing between/],
  ['klaviyo://?api_key=pk_secret&rate_share=80', /not between 0 and 1/],
  ['klaviyo://', /No Klaviyo API key/],
])('%s is answered in one sentence that does not hold the key', (uri, expected) => {
  let message: string | null = null
  try {
    parseSourceUri(uri, {})
  } catch (error) {
    message = String(error)
  }
  if (expected === null) expect(message).toBeNull()
  else {
    expect(message).toMatch(expected)
    expect(message).not.toContain('pk_secret')
  }
})
