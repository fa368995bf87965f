import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { Secret } from './secret.ts'

const secret = new Secret('pk_hidden')

test('no way of printing shows it', () => {
  const shown = [
    String(secret),
    secret.toString(),
    JSON.stringify({ secret }),
    inspect({ deep: [secret] }, { showHidden: true, depth: 9 }),
    inspect(secret, { customInspect: false, showHidden: true }),
    JSON.stringify(Object.entries(secret)),
  ]
  expect(shown.filter((text) => text.includes('hidden'))).toEqual([])
  expect(shown[2]).toBe('{"secret":"***"}')
})

test('reveal gives it, mask takes it out of other text', () => {
  expect(secret.reveal()).toBe('pk_hidden')
  expect(secret.mask('key pk_hidden, again pk_hidden')).toBe('key ***, again ***')
  expect(new Secret('').mask('nothing to hide')).toBe('nothing to hide')
})
