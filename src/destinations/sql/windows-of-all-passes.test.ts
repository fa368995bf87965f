import { describe, expect, it } from 'vitest'
import { windowsOfAllPasses } from './windows-of-all-passes.ts'

const part = (pass: string, from: number, to: number) => ({ pass, window: { from, to, readAt: 1_000 } })

describe('windowsOfAllPasses', () => {
  it('is what a single pass covers, joined', () => {
    expect(windowsOfAllPasses([part('', 10, 20), part('', 0, 10)], [''])).toEqual([{ from: 0, to: 20 }])
  })

  it('is the part that every pass covers', () => {
    const covered = [part('a', 0, 10), part('a', 20, 30), part('b', 5, 25), part('c', 0, 22)]
    expect(windowsOfAllPasses(covered, ['a', 'b'])).toEqual([
      { from: 5, to: 10 },
      { from: 20, to: 25 },
    ])
    expect(windowsOfAllPasses(covered, ['a', 'b', 'c'])).toEqual([
      { from: 5, to: 10 },
      { from: 20, to: 22 },
    ])
  })

  it('is nothing when a pass is missing', () => {
    expect(windowsOfAllPasses([part('a', 0, 10)], ['a', 'b'])).toEqual([])
    expect(windowsOfAllPasses([], [''])).toEqual([])
  })
})
