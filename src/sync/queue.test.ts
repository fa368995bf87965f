import { expect, test } from 'vitest'
import { LandedQueue } from './queue.ts'
import type { Landed } from './queue.ts'

const task = { pass: '', from: 0, keepTo: 100, ordered: true, emptyFrom: 0, done: false }

/** A page of ten bytes. */
function page(number: number, values: Partial<Landed> = {}): Landed {
  const about = { number, coveredFrom: 0, coveredTo: 0, bytes: 1, bodyBytes: 10 }
  const facts = { rows: 0, needsMending: false, crc32: 0 }
  const file = { ...facts, file: '', encoding: 'gzip', receivedAtMs: 0 } as const
  const covered = { from: 0, to: 0 }
  return { page: { ...about, ...file }, task, covered, rows: 1, first: number, before: number - 1, ...values }
}

const numbers = (pages: readonly Landed[]): number[] => pages.map(({ page: { number } }) => number)

test('a page waits for the next one of its window; bytes are those of what can be taken', () => {
  const queue = new LandedQueue()
  expect(queue.isEmpty).toBe(true)
  queue.push(page(1))
  expect(queue.isEmpty).toBe(false)
  expect(queue.bytes).toBe(0)
  expect(queue.take(100)).toEqual([])
  queue.push(page(2))
  expect(queue.bytes).toBe(10)
  expect(numbers(queue.take(100))).toEqual([1])
})

test('pages that share a second are taken together, however many were asked for', () => {
  const queue = new LandedQueue()
  queue.push(page(1))
  queue.push(page(2, { before: 2 }))
  queue.push(page(3, { first: 2, before: 2 }))
  queue.push(page(4))
  queue.push(page(5))
  expect(numbers(queue.take(15))).toEqual([1, 2, 3])
  expect(numbers(queue.take(15))).toEqual([4])
})

test('a second that goes on for very many pages is cut', () => {
  const queue = new LandedQueue()
  for (let number = 1; number <= 20; number++) queue.push(page(number, { first: 1, before: 1 }))
  expect(numbers(queue.take(1))).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
})

test('nothing is held back at the end of a window, nor where every load looks for everything', () => {
  for (const changes of [{ done: true }, { emptyFrom: null }, { ordered: false }]) {
    const queue = new LandedQueue()
    queue.push(page(1, { task: { ...task, ...changes } }))
    expect(numbers(queue.take(100))).toEqual([1])
  }
})

test('the end of reading, or of patience, hands out all', () => {
  const queue = new LandedQueue()
  queue.push(page(1))
  queue.push(page(2, { task: { ...task } }))
  queue.releaseAll()
  expect(numbers(queue.take(100))).toEqual([1, 2])
  queue.push(page(3))
  queue.close()
  expect(queue.closed).toBe(true)
  expect(numbers(queue.take(100))).toEqual([3])
  expect(queue.isEmpty).toBe(true)
  expect(queue.bytes).toBe(0)
})
