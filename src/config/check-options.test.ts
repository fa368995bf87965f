import { expect, test } from 'vitest'
import { SluiceError } from '../model/errors.ts'
import { flagSpelling } from '../model/spelling.ts'
import { checkOptions } from './check-options.ts'
import type { OptionKinds } from './check-options.ts'

const kinds: OptionKinds = {
  sourceUri: 'uri',
  destTable: 'text',
  fullRefresh: 'flag',
  extractParallelism: 'count',
  signal: 'signal',
  onEvent: 'function',
  env: 'variables',
}

function refusal(options: unknown): SluiceError {
  try {
    checkOptions(options, kinds, ['sourceUri'])
  } catch (error) {
    if (error instanceof SluiceError) return error
    throw error
  }
  throw new Error('it was accepted')
}

const sourceUri = 'klaviyo://'

test.each<[unknown, string]>([
  [undefined, 'The options must be an object, not undefined.'],
  [null, 'The options must be an object, not null.'],
  [[], 'The options must be an object, not a list.'],
  ['klaviyo://', 'The options must be an object, not a text.'],
  [{}, 'sourceUri is missing.'],
  [{ sourceUri: null }, 'sourceUri must be a text, not null.'],
  [{ sourceUri: 5 }, 'sourceUri must be a text, not a number.'],
  [{ sourceURI: 'x' }, 'There is no option "sourceURI". Did you mean "sourceUri"?'],
  [{ sourceUri, nonsense: 1 }, 'There is no option "nonsense". There are sourceUri, destTable,'],
  [
    { sourceUri, destTable: new Date(0) },
    'destTable must be a text, not a Date: write it as a text, like "2022',
  ],
  [{ sourceUri, fullRefresh: 'yes' }, 'fullRefresh must be true or false, not a text.'],
  [
    { sourceUri, extractParallelism: true },
    'extractParallelism must be a number or a text, not true or false.',
  ],
  [{ sourceUri, signal: new AbortController() }, 'signal must be an AbortSignal, not an object.'],
  [{ sourceUri, onEvent: {} }, 'onEvent must be a function, not an object.'],
  [{ sourceUri, env: { KEY: 5 } }, 'env must be an object of texts'],
  [
    { sourceUri, destTable: 'postgresql://u:p@h/db' },
    'destTable holds what looks like a URI, a key or a password',
  ],
])('%j', (options, message) => {
  expect(refusal(options).message).toContain(message)
  expect(refusal(options).fault).toBe('usage')
})

test('an error names the option as its reader writes it, and for programs', () => {
  const error = refusal({ sourceUri, destTable: 7 })
  expect(error.spelled(flagSpelling)).toBe('--dest-table must be a text, not a number.')
  expect(error.message).toBe('destTable must be a text, not a number.')
  expect(error).toMatchObject({ code: 'invalid-option', retry: 'never', facts: { option: 'destTable' } })
})

test('what fits is accepted, and so is what is undefined', () => {
  const { signal } = new AbortController()
  expect(() => {
    checkOptions(
      {
        sourceUri,
        destTable: undefined,
        fullRefresh: false,
        extractParallelism: 4,
        signal,
        onEvent: () => 1,
        env: { A: undefined },
      },
      kinds,
      ['sourceUri'],
    )
  }).not.toThrow()
})
