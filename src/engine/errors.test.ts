import { expect, test } from 'vitest'
import { SluiceError } from '../model/errors.ts'
import { explainEngineError } from './errors.ts'

const nameOf = (file: string): string => file.toUpperCase()

test.each([
  ['Invalid Input Error: sluice: no list of data in /a/b.json', 'source', '"B.JSON"'],
  [
    "Invalid Input Error: read_text: could not read content of file '/a.json' as valid UTF-8",
    'source',
    '"A.JSON"',
  ],
  ['IO Error: Could not write to file "/t/x": No space left on device', 'destination', 'disk is full'],
  ['Out of Memory Error: failed to allocate', 'destination', 'ran out of the memory'],
])('%s', (message, fault, part) => {
  const cause = new Error(message)
  const error = explainEngineError(cause, nameOf)
  expect(error).toBeInstanceOf(SluiceError)
  expect(error).toMatchObject({ fault, cause })
  expect(String(error)).toContain(part)
})

test('what nobody can act on is passed on', () => {
  const error = new Error('Internal Error')
  expect(explainEngineError(error, nameOf)).toBe(error)
})
