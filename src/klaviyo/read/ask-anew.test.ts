import { describe, expect, test } from 'vitest'
import { SluiceError } from '../../model/errors.ts'
import { findTable } from '../catalog/catalog.ts'
import { AskAnew, type AskAnewOptions } from './ask-anew.ts'

const refusal = new SluiceError('link-refused', 'No.')
const start = Date.UTC(2026, 0, 1) / 1000
const text = (second: number): string => new Date((start + second) * 1000).toISOString()
const page = (first: number | null, last: number | null, rows = 2) => ({
  next: 'n',
  rows,
  firstCursor: first === null ? null : text(first),
  lastCursor: last === null ? null : text(last),
})

const LATER_MS = (start + 1_000_000) * 1000

function anew(more: Partial<AskAnewOptions> = {}) {
  const stream = new AskAnew({
    table: findTable('events'),
    first: [['first', '']],
    since: (from) => [['from', String(from - start)]],
    ...more,
  })
  return {
    read: (...pages: readonly ReturnType<typeof page>[]) => {
      for (const each of pages) stream.note(each, LATER_MS)
    },
    note: stream.note.bind(stream),
    ask: () => stream.after(refusal)[0]?.join(' ').trim(),
  }
}

describe('the rest is asked for', () => {
  test('from the second of the last row, as long as that leads on', () => {
    const stream = anew()
    stream.read(page(0, 5), page(5, 9))
    expect(stream.ask()).toBe('from 9')
    // A bound that steps back brings rows from before it.
    stream.read(page(8, 30), page(30, 31))
    expect(stream.ask()).toBe('from 31')
    stream.read(page(null, null, 0))
    expect(stream.ask).toThrow(refusal)
  })

  test('from the beginning, once, where rows come in no order, or have no time', () => {
    for (const pages of [
      [page(5, 9), page(4, 10)],
      [page(9, 5)],
      [page(0, 5), page(null, null)],
      [page(0, 5), page(6, null)],
    ]) {
      const stream = anew()
      stream.read(...pages)
      expect(stream.ask()).toBe('first')
      expect(stream.ask).toThrow(refusal)
    }
  })

  test('from the beginning, once, where there is no window, no order or no row', () => {
    for (const stream of [anew({ since: null }), anew({ table: findTable('tags') }), anew()]) {
      expect(stream.ask()).toBe('first')
      expect(stream.ask).toThrow(refusal)
    }
  })

  test('never from the future', () => {
    const stream = anew()
    stream.note(page(0, 5_000), (start + 100) * 1000)
    expect(stream.ask()).toBe('from 90')
  })

  test('at most twenty times', () => {
    const stream = anew()
    for (let time = 1; time <= 20; time += 1) {
      stream.read(page(time, time + 1))
      expect(stream.ask()).toBe(`from ${time + 1}`)
    }
    stream.read(page(50, 51))
    expect(stream.ask).toThrow(refusal)
  })
})
