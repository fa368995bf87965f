import { describe, expect, test } from 'vitest'
import type { RunEvent } from '../../model/run-event.ts'
import { createBars } from './bars.ts'
import { committed, done, failed, heard, limited, page, planned, runDone, started } from './testing.ts'

/** A screen as the bars see it, and a clock that stands still unless told. */
function watch(columns: number, rows = 40) {
  const told: string[] = []
  const screen: { painted: readonly string[]; closed: boolean } = { painted: [], closed: false }
  let atMs = 0
  const bars = createBars({
    frame: {
      paint: (lines) => {
        screen.painted = lines
      },
      close: () => {
        screen.closed = true
      },
    },
    tell: (line) => {
      told.push(line)
    },
    size: () => ({ columns, rows }),
    now: () => atMs,
  })
  return {
    told,
    screen,
    show: (...events: readonly RunEvent[]): readonly string[] => {
      for (const event of events) bars.listener(event)
      bars.paint()
      return screen.painted
    },
    pass: (milliseconds: number): void => {
      atMs += milliseconds
    },
  }
}

describe('one table', () => {
  test('shows rows, pages, rows a second, the share of the limit and the time left', () => {
    const { show, pass } = watch(100)
    show(started('events'), planned('events'), page('events'))
    pass(2_000)
    expect(show(page('events', { progress: 0.5, leftMs: 130_000, limitShare: 0.87 }))).toEqual([
      '                                             rows  pages   rows/s  limit',
      'events  ███████████████░░░░░░░░░░░░░░░      2,000      2    1,000   87 %  3 min left',
    ])
    pass(100_000)
    expect(show()[1]).toMatch(/ 30 s left$/)
  })

  test('a bar is full only when the table is done', () => {
    const { show } = watch(100)
    expect(show(started('events'), planned('events'), page('events', { progress: 1 }))[1]).toContain('█░  ')
    expect(show(done('events'))[1]).toMatch(/^events {2}█+ +1,234,567 .* 87 % {2}done in 1 min 5 s$/)
  })

  test('keeps what it knew of the progress, and says when only loading is left', () => {
    const { show, pass } = watch(100)
    show(started('events'), planned('events'), page('events', { progress: 0.9, leftMs: 500 }), page('events'))
    pass(1_600)
    const [, line = ''] = show(committed('events', 1))
    expect(line).toContain('██████████░░░')
    expect(line).toMatch(/50 % {2}loading$/)
    expect(show(committed('events', 1))[1]).not.toContain('loading')
  })

  test('moves where nobody knows how far it is', () => {
    const { show, pass } = watch(100)
    const [, before] = show(started('tags'), planned('tags'))
    pass(240)
    expect(before).toMatch(/^tags {2}░*███░+ /)
    expect(show()[1]).not.toBe(before)
  })

  test('says what it waits for, counts down, and forgets it with the next page', () => {
    const { show, pass } = watch(120)
    expect(show(started('events'), planned('events'), limited('events', 20_000))[1]).toMatch(
      / waiting 20 s: status 503$/,
    )
    pass(15_500)
    expect(show()[1]).toMatch(/ waiting 5 s: status 503$/)
    expect(show(page('events'))[1]).not.toContain('waiting')
    expect(show(limited('events', 400))[1]).not.toContain('waiting')
  })
})

describe('many tables', () => {
  const names = Array.from({ length: 15 }, (_, index) => `catalog-table-${index + 1}`)
  const run: readonly RunEvent[] = [
    started(...names),
    ...names.map((name) => planned(name)),
    ...names.map((name) => page(name, { rows: 1_234_567, progress: 0.4, leftMs: 9e6 })),
    done('catalog-table-3'),
    failed('catalog-table-4', 'No.'),
  ]

  test.each([80, 100, 120, 200])('at %d columns nothing touches the edge, and columns line up', (columns) => {
    const { show, pass } = watch(columns)
    show(...run)
    pass(1_000)
    const painted = show(
      page('catalog-table-1', { progress: 0.4, leftMs: 9e6 }),
      limited('catalog-table-2', 9_000, 'status 503: "Try later"'),
    )
    expect(painted).toHaveLength(17)
    expect(painted.filter((line) => line.length >= columns)).toEqual([])
    expect(painted[1]).toMatch(/█░.* 1,235,567 .* 2 h 30 min left$/)
    expect(painted[2]).toContain('waiting 9 s')
    const shares = painted.slice(1, -1).map((line) => line.indexOf(' %'))
    expect(new Set(shares).size).toBe(1)
    expect(painted.at(-1)).toMatch(/^2 of 15 tables +18,519,505/)
  })

  test.each([32, 40, 60])('at %d columns names are cut, and no number is', (columns) => {
    const long = 'catalog-variant-bulk-create-jobs'
    const painted = watch(columns).show(started(long, 'tags'), planned(long), page(long, { rows: 1_234_567 }))
    expect(painted.filter((line) => line.length >= columns)).toEqual([])
    expect(painted[1]).toContain(' 1,234,567')
    expect(painted.at(-1)).toContain(' 1,234,567')
  })

  test('gives up pages, then the speed, then the limit where there is little room', () => {
    const header = (columns: number): string => watch(columns).show(...run)[0] ?? ''
    expect(header(120)).toMatch(/rows +pages +rows\/s +limit$/)
    expect(header(74)).toMatch(/rows +rows\/s +limit$/)
    expect(header(66)).toMatch(/rows +limit$/)
    expect(header(50)).toMatch(/rows$/)
  })

  test('leaves out those that are done where they do not fit, and says how many', () => {
    const { show } = watch(100, 10)
    const painted = show(...run)
    expect(painted).toHaveLength(9)
    expect(painted.join('\n')).not.toContain('catalog-table-3 ')
    expect(painted.at(-2)).toBe('… and 9 more')
  })
})

test('what one would want to know of later goes above the bars', () => {
  const { told, show } = watch(100)
  show(
    started('events', 'lists', 'tags'),
    planned('events', { resumed: true, from: 1_640_995_200, replayedPages: 1 }),
    planned('lists'),
    heard({ type: 'columns added', table: 'lists', columns: ['colour'] }),
    failed('events', 'The disk is full.'),
    failed('lists', 'The disk is full.'),
    failed('tags', 'Stopped.', 'interrupted'),
  )
  expect(told).toEqual([
    'events: going on where the last run stopped, at 2022-01-01 00:00, 1 page already on disk loaded',
    'lists: new column "colour"',
    'events: failed. The disk is full.',
    'lists: failed for the same reason',
  ])
})

test('the only table’s failure is left to the end of the run, and so is what is asked before it', () => {
  const { told, show } = watch(100)
  expect(show(limited('accounts', 5_000))).toEqual([])
  show(started('events'), failed('events', 'The disk is full.'))
  expect(told).toEqual([])
})

test('after the end the frame is gone, and nothing is painted any more', () => {
  const { screen, show } = watch(100)
  const before = show(started('events'), planned('events'), page('events'))
  show(runDone, page('events', { rows: 5 }))
  expect(screen).toEqual({ painted: before, closed: true })
})
