import { expect, test } from 'vitest'
import { resultOf } from './progress/testing.ts'
import { briefly, summary } from './summary.ts'

const DAY = 86_400

test('numbers stand right, and there is a total', () => {
  const tables = [
    resultOf('events'),
    resultOf('tags', {
      rows: 52,
      inserted: 0,
      changed: 3,
      deleted: 1,
      requests: 2,
      throttled: 1,
      durationMs: 400,
      limitShare: 0.013,
    }),
  ]
  expect(summary({ tables, durationMs: 66_000 })).toEqual([
    'table   rows read        new  changed  gone  requests  429s       time  of limit',
    'events  1,234,567  1,200,000        0     0     1,240     0  1 min 5 s      87 %',
    'tags           52          0        3     1         2     1      0.4 s       1 %',
    'total   1,234,619  1,200,000        3     1     1,242     1  1 min 6 s',
  ])
})

test('one table needs no total, and nothing is said of what did not happen', () => {
  const lines = summary({ tables: [resultOf('events')], durationMs: 66_000 })
  expect(lines).toHaveLength(2)
  expect(lines[0]).not.toMatch(/gone|late/)
})

test('nothing done, nothing said', () => {
  expect(summary({ tables: [], durationMs: 5 })).toEqual([])
})

test.each([
  [
    2 * DAY,
    7 * DAY,
    'the oldest 2 days old; it reaches back 7 days (--lookback 14d would look further back).',
  ],
  [
    6 * DAY,
    7 * DAY,
    'the oldest 6 days old, and it reaches back only 7 days: --lookback 14d would look further back.',
  ],
  [
    50 * 60,
    3_600,
    'the oldest 50 minutes old, and it reaches back only 1 hour: --lookback 2h would look further back.',
  ],
  [2 * DAY, undefined, 'the oldest 2 days old.'],
])('rows %d s late with a lookback of %s s are told in words', (oldestSeconds, lookback, words) => {
  const tables = [resultOf('events', { late: { rows: 12, oldestSeconds } })]
  expect(summary({ tables, durationMs: 1 }, { lookbackOf: () => lookback }).at(-1)).toBe(
    `events: the lookback caught 12 late rows, ${words}`,
  )
})

const ALTERED = [
  { kind: 'unfit', column: 'amount', rows: 3, exampleKey: '01H' },
  { kind: 'nul', column: null, rows: 1, exampleKey: null },
  { kind: 'half-character', column: 'name', rows: 2, exampleKey: '01J' },
] as const

test('what was altered is told with a count and an example', () => {
  const tables = [resultOf('events', { altered: ALTERED })]
  expect(summary({ tables, durationMs: 1 }).slice(2)).toEqual([
    'events: 3 values of column "amount" did not fit its type and went to "_sluice_unfit", for example in row "01H".',
    'events: 1 value lost NUL characters, which the database cannot store.',
    'events: 2 values of column "name" held half characters, which are U+FFFD now, for example in row "01J".',
  ])
})

test('in one line', () => {
  const tables = [resultOf('events', { altered: ALTERED }), resultOf('tags', { rows: 5, inserted: 5 })]
  expect(briefly({ tables, durationMs: 65_000 })).toBe(
    '2 tables done in 1 min 5 s: 1,234,572 rows read, 1,200,005 new, 0 changed, 6 values altered.',
  )
})

test.each([40, 60])('fits a terminal of %d columns, and nothing is left out', (width) => {
  const tables = [
    resultOf('catalog-variant-bulk-create-jobs', {
      altered: ALTERED,
      late: { rows: 12, oldestSeconds: 2 * DAY },
    }),
    resultOf('tags'),
  ]
  const lines = summary({ tables, durationMs: 66_000 }, { lookbackOf: () => 7 * DAY, width })
  expect(lines.filter((line) => line.length > width)).toEqual([])
  const words = lines.join(' ').replaceAll(/\s+/g, ' ')
  expect(words).toContain('catalog-variant-bulk-create-jobs rows read 1,234,567 new 1,200,000')
  expect(words).toContain('total rows read 2,469,134 new 2,400,000')
  expect(words).toContain('--lookback 14d would look further back')
})

test('what was looked for at Klaviyo is told, also where nothing was gone', () => {
  const looked = { rows: 2_000, marked: 20, revived: 3 }
  const tables = [
    resultOf('profiles', { deleted: 20, reconciled: looked }),
    resultOf('lists', { reconciled: { rows: 1, marked: 0, revived: 0 } }),
  ]
  const lines = summary({ tables, durationMs: 66_000 })
  expect(lines[0]).toMatch(/changed  gone  back  requests/)
  expect(lines.slice(-2)).toEqual([
    'profiles: 2,000 rows looked for at Klaviyo: 20 found gone, 3 back.',
    'lists: 1 row looked for at Klaviyo: none found gone.',
  ])
  expect(briefly({ tables, durationMs: 66_000 })).toMatch(/ changed, 20 gone\.$/)
})
