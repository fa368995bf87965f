import { expect, test } from 'vitest'
import type { Happening } from '../model/run-event.ts'
import * as catalog from '../klaviyo/catalog/catalog.ts'
import { noteAltered } from './note-altered.ts'
import { Tally } from './tally.ts'

const unfit = { kind: 'unfit', column: 'amount', rows: 2, exampleKey: 'a' } as const
const nul = { kind: 'nul', column: 'name', rows: 3, exampleKey: 'b' } as const

function noting() {
  const told: Happening[] = []
  const tally = new Tally('events', 0)
  const job = { table: catalog.findTable('events') } as Parameters<typeof noteAltered>[0]['job']
  const usage = { requests: 0, throttled: 0, retries: 0, refusedLinks: 0, bytes: 0, limitShare: 0 }
  return {
    told,
    note: (altered: readonly (typeof unfit | typeof nul)[], withoutNul: number): void => {
      noteAltered({ job, tally, listener: (event) => told.push(event) }, { altered }, { withoutNul })
    },
    counted: () => tally.result(usage, 0).altered,
  }
}

test('batches add up by kind and column, with the first example', () => {
  const { note, counted, told } = noting()
  note([unfit], 0)
  note([{ ...unfit, rows: 2, exampleKey: 'a' }], 0)
  expect(counted()).toEqual([{ ...unfit, rows: 4 }])
  expect(told).toEqual([
    { type: 'altered', table: 'events', ...unfit },
    { type: 'altered', table: 'events', ...unfit },
  ])
})

test('a NUL is altered only where the database cannot store it', () => {
  const { note, counted } = noting()
  note([unfit, nul], 0)
  expect(counted()).toEqual([unfit])
  note([nul], 3)
  expect(counted()).toEqual([unfit, nul])
})

test('where only the database knows of it, it is told without column and row', () => {
  const { note, counted } = noting()
  note([], 7)
  expect(counted()).toEqual([{ kind: 'nul', column: null, rows: 7, exampleKey: null }])
})
