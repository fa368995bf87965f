import { expect, test } from 'vitest'
import { SluiceError } from '../model/errors.ts'
import type { Estimate, TableEstimate } from '../sync/estimate/estimate.ts'
import { describe, estimateCommand } from './estimate.ts'

const table = (changes: Partial<TableEstimate>): TableEstimate => ({
  table: 'events',
  read: 'windows',
  from: 0,
  rows: { count: 1_234_567, certainty: 'about', margin: 370_000 },
  pages: 1_235,
  requests: 1_299,
  looks: 20,
  durationMs: 3_700,
  boundBy: 'burst',
  ...changes,
})
const estimate = (...tables: readonly TableEstimate[]): Estimate => ({
  tables,
  rows: { count: 1_234_867, certainty: 'at least', margin: null },
  requests: 1_303,
  looks: 23,
  durationMs: 125_000,
  boundBy: 'steady',
})

test('prints what is known, and no digit more', () => {
  const lines = describe(
    estimate(
      table({}),
      table({
        table: 'lists',
        rows: { count: 0, certainty: 'exact', margin: 0 },
        pages: 1,
        durationMs: 75,
        boundBy: 'latency',
      }),
      table({
        table: 'tags',
        read: 'snapshot',
        rows: { count: 300, certainty: 'at least', margin: null },
        pages: 4,
      }),
    ),
  )
  expect(lines).toHaveLength(5)
  expect(lines[1]).toMatch(/^events +about 1,230,000 +± 30 % +1,235 +1,299 +4 s +Klaviyo's limit per second$/)
  expect(lines[2]).toMatch(/^lists +0 .* under 1 s +the wait for Klaviyo's answers +nothing to do$/)
  expect(lines[3]).toMatch(/^tags +at least 300 +unknown .* 4 s or more .*read whole$/)
  expect(lines[4]).toBe(
    "at least 1,234,867 rows with 1,303 requests, tables side by side: 3 min or more, bound by Klaviyo's limit per minute. Asked 23 pages to find out.",
  )
})

test('gives data on request, and failures as the exit code', async () => {
  const printed: string[] = []
  const told: string[] = []
  const code = await estimateCommand(
    () =>
      Promise.resolve({
        estimate: estimate(table({})),
        failures: [{ table: 'lists', error: new SluiceError('source-failing', 'No such luck.') }],
      }),
    { sourceUri: 'klaviyo://', sourceTable: 'events,lists', json: true, reconcile: true },
    { print: (line) => printed.push(line), tell: (line) => told.push(line), width: () => Infinity },
  )
  expect(JSON.parse(printed.join('\n'))).toEqual(estimate(table({})))
  expect(told.join('\n')).toContain('lists: ')
  expect(told[0]).toMatch(/^--reconcile is not in these figures: /)
  expect(code).toBe(1)
})
