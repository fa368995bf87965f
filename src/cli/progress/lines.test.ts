import { expect, test } from 'vitest'
import type { RunEvent } from '../../model/run-event.ts'
import { lineProgress } from './lines.ts'
import { done, failed, heard, limited, page, planned, runDone, started } from './testing.ts'

function listen() {
  const lines: string[] = []
  const clock = { atMs: 0 }
  const listener = lineProgress(
    (line) => {
      expect(line.slice(0, 21)).toBe(`${new Date(clock.atMs).toISOString().slice(0, 19)}Z `)
      lines.push(line.slice(21))
    },
    () => clock.atMs,
  )
  return {
    lines,
    clock,
    hear: (...events: readonly RunEvent[]): void => {
      for (const event of events) listener(event)
    },
  }
}

test('one line when something happens', () => {
  const { lines, hear } = listen()
  hear(
    started('events', 'tags', 'lists'),
    planned('events', { from: 1_640_995_200 }),
    heard({ type: 'table planned', table: 'tags', plan: { kind: 'snapshot' } }),
    planned('lists', { windows: 0, from: 1_640_995_200 }),
    page('events'),
    limited('events', 400),
    limited('events', 20_000, 'status 503'),
    heard({ type: 'columns added', table: 'events', columns: ['a', 'b'] }),
    heard({ type: 'lookback caught', table: 'events', rows: 3, oldestSeconds: 86_400 }),
    done('events', { rows: 1, inserted: 1, requests: 1 }),
    failed('tags', 'No.'),
    runDone,
  )
  expect(lines).toEqual([
    'account shop: events, tags, lists',
    'events: reading from 2022-01-01 00:00 on',
    'tags: reading the whole table',
    'lists: everything up to 2022-01-01 00:00 is in already',
    'events: waiting 20 s: status 503',
    'events: new columns "a", "b"',
    'events: done in 1 min 5 s: 1 row read, 1 new, 0 changed, 1 request, 87 % of the limit',
    'tags: failed. No.',
  ])
})

test('every five seconds a table says how far it is, after silence only', () => {
  const { lines, clock, hear } = listen()
  hear(started('events'), planned('events'))
  lines.length = 0
  for (clock.atMs = 0; clock.atMs <= 12_000; clock.atMs += 1_000)
    hear(page('events', { progress: 0.5, leftMs: 61_000 }))
  expect(lines).toEqual([
    'events: 6,000 rows, 6 pages, 6.6 MB, 1,200 rows/s, 50 % of the limit, about 2 min left',
    'events: 11,000 rows, 11 pages, 12.1 MB, 1,100 rows/s, 50 % of the limit, about 2 min left',
  ])
})

test('many tables are counted, not named', () => {
  const { lines, hear } = listen()
  hear(started(...Array.from({ length: 40 }, (_, index) => `t${index}`)))
  expect(lines).toEqual(['account shop: 40 tables'])
})

test('looking for rows at Klaviyo is told from beginning to end, and its ids are no rows', () => {
  const { lines, clock, hear } = listen()
  const window = { from: 1_640_995_200, to: 1_643_673_600 }
  hear(started('events'), planned('events'), page('events'))
  lines.length = 0
  hear(
    heard({ type: 'reconciling', table: 'events', rows: 12_000, window }),
    heard({ type: 'reconciling', table: 'lists', rows: 1, window: null }),
  )
  clock.atMs = 6_000
  hear(
    page('events', { progress: 0.5, leftMs: 61_000 }),
    heard({ type: 'rows missing', table: 'events', missing: 7_000, rows: 12_000 }),
    heard({ type: 'rows missing', table: 'lists', missing: 1, rows: 100 }),
    heard({ type: 'reconciled', table: 'events', rows: 12_000, marked: 0, revived: 1 }),
  )
  expect(lines).toEqual([
    'events: looking for 12,000 rows from 2022-01-01 00:00 to 2022-02-01 00:00 at Klaviyo by id',
    'lists: looking for 1 row at Klaviyo by id',
    expect.stringMatching(/^events: 1,000 rows, 2 pages, .* about 2 min left$/),
    'events: 7,000 of 12,000 rows, more than half, did not come: looking for them a second time',
    'lists: 1 of 100 rows did not come: looking for them a second time',
    'events: 12,000 rows looked for at Klaviyo: none found gone, 1 back',
  ])
})
