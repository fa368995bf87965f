import { expect, test } from 'vitest'
import { SluiceError } from '../model/errors.ts'
import type { ErrorCode } from '../model/error-codes.ts'
import { reportError, traceOf } from './report-error.ts'
import { reportFailures } from './report-failures.ts'

function report(
  succeeded: number,
  ...failures: readonly (readonly [table: string, ErrorCode, message: string])[]
) {
  const told: string[] = []
  const code = reportFailures(
    failures.map(([table, code, message]) => ({ table, error: new SluiceError(code, message) })),
    { tell: (line) => void told.push(line) },
    { succeeded },
  )
  return { code, told }
}

test('one table’s failure is one sentence', () => {
  expect(report(0, ['events', 'missing-scope', 'No scope.'])).toEqual({ code: 3, told: ['No scope.'] })
})

test('the same reason is said once, whoever it befell', () => {
  const all = ['a', 'b', 'c', 'd', 'e'].map((table) => [table, 'missing-scope', 'No.'] as const)
  expect(report(0, ...all)).toEqual({ code: 3, told: ['No.'] })
  expect(report(1, ...all)).toEqual({
    code: 1,
    told: [
      'a, b, c and 2 more tables: No.',
      '1 of 6 tables is in. For the others alone: --source-table a,b,c,d,e',
    ],
  })
})

test('different reasons are told apart, and are "some failed"', () => {
  expect(report(0, ['a', 'source-failing', 'Gone.'], ['b', 'missing-scope', 'No.'])).toEqual({
    code: 1,
    told: ['a: Gone.', 'b: No.'],
  })
})

test('who said stop is told so, and other failures too', () => {
  expect(report(2, ['a', 'source-failing', 'Gone.'], ['b', 'interrupted', 'Stopped.'])).toEqual({
    code: 130,
    told: ['a: Gone.', 'Stopped.'],
  })
})

test('nothing failed', () => {
  expect(report(2)).toEqual({ code: 0, told: [] })
})

test('what nobody foresaw is one line that says how to report it', () => {
  const { message, exitCode } = reportError(new Error('no such thing\n    at somewhere'))
  expect(exitCode).toBe(1)
  expect(message).toBe(
    'Something went wrong that sluice does not know about: no such thing. What was loaded is kept; run the same again, and if it stays, report it with the trace that SLUICE_DEBUG=1 shows.',
  )
})

test('a trace goes down to the cause', () => {
  const cause = new Error('inner')
  const trace = traceOf(new SluiceError('source-failing', 'outer', { cause }))
  expect(trace).toMatch(/outer\n +at [^]*\ncaused by: Error: inner\n +at /)
})
