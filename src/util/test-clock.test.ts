import { expect, test } from 'vitest'
import { ManualClock } from './test-clock.ts'

test('sleepers wake in order, each at its own time, and may sleep again on the way', async () => {
  const clock = new ManualClock(0)
  const woken: string[] = []
  const sleeper = async (name: string, delaysMs: readonly number[]): Promise<void> => {
    for (const delayMs of delaysMs) {
      await clock.sleep(delayMs)
      woken.push(`${name}@${clock.now()}`)
    }
  }
  const all = [sleeper('a', [10, 25]), sleeper('b', [20, 5]), sleeper('c', [10])]
  await clock.advance(30)
  expect(woken).toEqual(['a@10', 'c@10', 'b@20', 'b@25'])
  expect(clock.now()).toBe(30)
  expect(await clock.next()).toBe(true)
  await Promise.all(all)
  expect(woken.at(-1)).toBe('a@35')
  expect(await clock.next()).toBe(false)
})

test('an aborted sleeper leaves with the reason', async () => {
  const clock = new ManualClock(0)
  const stop = new AbortController()
  const asleep = clock.sleep(1_000, stop.signal)
  stop.abort(new Error('enough'))
  await expect(asleep).rejects.toThrow('enough')
  await expect(clock.sleep(1, stop.signal)).rejects.toThrow('enough')
  expect(clock.sleeping).toBe(0)
})
