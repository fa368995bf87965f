import { assert, property, string } from 'fast-check'
import { expect, test } from 'vitest'
import { redact, redactor } from './redact.ts'

test.each([
  [
    'klaviyo://?api_key=abc.def&base_url=http://127.0.0.1',
    'klaviyo://?api_key=***&base_url=http://127.0.0.1',
  ],
  ['klaviyo://pk_abc123', 'klaviyo://***'],
  ['pk_abc123', '***'],
  ['postgresql://user:pass@word@host/db', 'postgresql://user:***@host/db'],
  ['events,profiles', 'events,profiles'],
  ['Write "klaviyo://?api_key=pk_…".', 'Write "klaviyo://?api_key=pk_…".'],
])('"%s" may be repeated as "%s"', (text, safe) => {
  expect(redact(text)).toBe(safe)
})

test('a known secret goes in every spelling', () => {
  const secret = `p@ss"w'o rd\\ü`
  const spellings = [
    secret,
    secret.toUpperCase(),
    encodeURIComponent(secret),
    encodeURIComponent(encodeURIComponent(secret)),
    encodeURIComponent(secret).toLowerCase(),
    new URLSearchParams({ secret }).toString().replace('secret=', ''),
    JSON.stringify(secret).slice(1, -1),
    secret.replaceAll("'", "''"),
    secret.replaceAll('"', '""'),
  ]
  for (const spelling of spellings) expect(redactor([secret])(`<${spelling}>`)).toBe('<***>')
})

test('whatever the secret is, percent-encoded or in JSON it is gone', () => {
  assert(
    property(string({ minLength: 12, maxLength: 40, unit: 'grapheme' }), (secret) => {
      for (const text of [secret, encodeURIComponent(secret), JSON.stringify(secret)])
        expect(redactor([secret])(text)).not.toContain(secret)
      expect(redactor([secret])(encodeURIComponent(secret))).toBe('***')
    }),
  )
})

test('a short secret leaves the words alone that it is part of', () => {
  expect(redactor(['post'])('post "post" postgresql')).toBe('*** "***" postgresql')
})

test('keys of the sandbox are shown where nobody has typed one, and nothing that only begins like them', () => {
  const show = redactor([])
  for (const key of ['pk_test', 'pk_test_2', 'pk_test_events_only'])
    expect(show(`'klaviyo://?api_key=${key}&x=1'`)).toBe(`'klaviyo://?api_key=${key}&x=1'`)
  for (const key of ['pk_test_4f9a', 'pk_tested', 'pk_test-1', 'pk_live'])
    expect(show(`klaviyo://?api_key=${key}`)).toBe('klaviyo://?api_key=***')
})
