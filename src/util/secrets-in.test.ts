import { expect, test } from 'vitest'
import { holdsSecret, secretsIn } from './secrets-in.ts'

test.each([
  ['klaviyo://?api_key=abc.def&account=a@b.c', ['abc.def']],
  ['klaviyo://pk_abc123', ['pk_abc123']],
  ['pk%5Fabc123', ['pk_abc123']],
  ['%70%6B_abc123', ['pk_abc123']],
  ['--api-key=hunter2', ['hunter2']],
  ['X-Api-Key=hunter2', ['hunter2']],
  ['Authorization: Klaviyo-API-Key hunter2', ['hunter2']],
  ['postgresql://h/db?password=hunter2', ['hunter2']],
  ['postgresql://u:p%40ssword@h/db', ['p@ssword']],
  ['postgresql://u:pass@word@h/db', ['pass@word']],
  ['postgresql://u:pass word@h/db', ['pass word']],
  ['postgresql://u:pass#word@h/db', ['pass#word', 'pass', 'word']],
  ['postgresql://u:1234/word@h/db', ['1234/word', '1234', 'word']],
  ['postgresql:/alice:supersecret@h:5432/db', ['supersecret']],
  ['alice:supersecret@h', ['supersecret']],
  ['klaviyo://?base_url=https://me:seekrit@example.com', ['seekrit']],
  ['0123456789abcdef0123456789abcdef', ['0123456789abcdef0123456789abcdef']],
])('%s', (text, secrets) => {
  expect(secretsIn(text)).toEqual(expect.arrayContaining(secrets))
})

test.each([
  'events,profiles',
  '--incremental-key=updated',
  '--primary-key=id',
  'klaviyo://?api_key=pk_…',
  'postgresql://me@host:5432/db',
  'duckdb:///tmp/sluice-Ab3dE9/shop.duckdb',
  'klaviyo://?base_url=http://127.0.0.1:8080&account=shop@example.com',
  '2022-01-01T12:00:00+02:00',
])('%s holds none', (text) => {
  expect(secretsIn(text)).toEqual([])
})

test('what only may be one is hidden, and no reason to refuse it', () => {
  expect(secretsIn('dest.pk_orders')).toEqual(['pk_orders'])
  expect(holdsSecret('dest.pk_orders')).toBe(false)
  expect(holdsSecret('pk_0123456789abcdef0123456789abcdef01')).toBe(true)
  expect(holdsSecret('postgresql://h/db')).toBe(true)
})
