import { expect, test } from 'vitest'
import { redact } from './redact.ts'

test.each([
  [
    'klaviyo://?api_key=abc.def&base_url=http://127.0.0.1',
    'klaviyo://?api_key=***&base_url=http://127.0.0.1',
  ],
  ['klaviyo://pk_abc123', 'klaviyo://***'],
  ['pk_abc123', '***'],
  ['postgresql://user:pass@word@host/db', 'postgresql://***@host/db'],
  ['events,profiles', 'events,profiles'],
])('"%s" may be repeated as "%s"', (text, safe) => {
  expect(redact(text)).toBe(safe)
})
