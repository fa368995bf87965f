import { expect, test } from 'vitest'
import type { Loader } from '../destinations/target.ts'
import type { Landing } from '../landing/landing.ts'
import { loadLoop } from './load-loop.ts'
import { LandedQueue } from './queue.ts'
import type { TableRun } from './table-run.ts'

// A wait for the first page that an abort ends at once, in a loop, would let nothing else have its turn: not even
// the request whose end closes the queue.
test('a stop before the first page has come ends the loop, whether it comes before or while it waits', async () => {
  for (const stopFirst of [true, false]) {
    const stop = new AbortController()
    const stopped = new Error('stopped')
    if (stopFirst) stop.abort(stopped)
    const looping = loadLoop({} as TableRun, {
      queue: new LandedQueue(),
      landing: {} as Landing,
      reread: [],
      readAt: 0,
      loader: {} as Loader,
      begin: () => Promise.reject(new Error('nothing has come')),
      signal: stop.signal,
    })
    stop.abort(stopped)
    await expect(looping).rejects.toBe(stopped)
  }
})
