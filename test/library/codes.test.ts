import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { errorCodes } from '../../src/model/error-codes.ts'

test('docs/library.md names every code of an error, with whose move it is and whether to try again', () => {
  const page = readFileSync('docs/library.md', 'utf8')
  const rows = [...page.matchAll(/^\| `([a-z-]+)` \| (\w+) \| (\w+) \| \S.* \|$/gm)]
  const told = rows.map(([, code, fault, retry]) => [code, { fault, retry }] as const)
  expect(Object.fromEntries(told)).toEqual(errorCodes)
  expect(rows).toHaveLength(Object.keys(errorCodes).length)
})
