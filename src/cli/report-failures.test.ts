import { expect, test } from 'vitest'
import { SluiceError } from '../model/errors.ts'
import type { Fault } from '../model/errors.ts'
import { INTERRUPTED } from './interrupted.ts'
import { reportError, traceOf } from './report-error.ts'
import { reportFailures } from './report-failures.ts'

function report(
  succeeded: number,
  ...failures: readonly (readonly [table: string, Fault, message: string])[]
) {
  const told: string[] = []
  const code = reportFailures(
    failures.map(([table, fault, message]) => ({ table, error: new SluiceError(fault, message) })),
    { tell: (line) => void told.push(line) },
    { succeeded },
  )
  return { code, told }
}

test('one table’s failure is one sentence', () => {
  expect(report(0, ['events', 'credentials', 'No scope.'])).toEqual({ code: 3, told: ['No scope.'] })
})

test('the same reason is said once, whoever it befell', () => {
  const all = ['a', 'b', 'c', 'd', 'e'].map((table) => [table, 'credentials', 'No.'] as const)
  expect(report(0, ...all)).toEqual({ code: 3, told: ['No.'] })
  expect(report(1, ...all)).toEqual({ code: 1, told: ['a, b, c and 2 more tables: No.'] })
})

test('different reasons are told apart, and are "some failed"', () => {
  expect(report(0, ['a', 'source', 'Gone.'], ['b', 'credentials', 'No.'])).toEqual({
    code: 1,
    told: ['a: Gone.', 'b: No.'],
  })
})

test('who said stop is told so, and other failures too', () => {
  expect(report(2, ['a', 'source', 'Gone.'], ['b', 'interrupted', INTERRUPTED])).toEqual({
    code: 130,
    told: ['a: Gone.', INTERRUPTED],
  })
})

test('nothing failed', () => {
  expect(report(2)).toEqual({ code: 0, told: [] })
})

test('what nobody foresaw is one line, without a trace or a key', () => {
  const error = new Error('no such thing: klaviyo://?api_key=pk_secret1\n    at somewhere')
  const { message, exitCode } = reportError(error)
  expect(exitCode).toBe(1)
  expect(message).toMatch(
    /^Something went wrong .*: no such thing: klaviyo:\/\/\?api_key=\*\*\*\. What was loaded/,
  )
  expect(message).not.toMatch(/\n|pk_secret/)
})

test('a trace goes down to the cause, without a key', () => {
  const cause = new Error('inner pk_secret1')
  const trace = traceOf(new SluiceError('source', 'outer', { cause }))
  expect(trace).toMatch(/outer\n +at [^]*\ncaused by: Error: inner \*\*\*\n +at /)
})
