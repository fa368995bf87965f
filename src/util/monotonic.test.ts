import { expect, test } from 'vitest'
import { monotonic } from './monotonic.ts'

test('a wall clock set back does not stop it', () => {
  const readings = [1_000, 1_010, 500, 520, 490, 600]
  const now = monotonic({ now: () => readings.shift() ?? 0 })
  expect([now(), now(), now(), now(), now()]).toEqual([1_010, 1_010, 1_030, 1_030, 1_140])
})
