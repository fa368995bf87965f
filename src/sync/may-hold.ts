import { cover, type Coverage } from '../model/coverage.ts'
import type { EpochSeconds, Window } from '../model/time.ts'
import type { Landed } from './queue.ts'

/**
 * Where in time the destination may hold rows of a batch already, so that a load of new rows need not search a large
 * table for keys that cannot be there. Empty: nowhere. Null: anywhere, because rows may have moved in time or come
 * without order. Two things can be there: what was in a window before this run, and rows that Klaviyo repeats at
 * the seam of two pages when new ones push them on.
 */
export function mayHold(
  batch: readonly Pick<Landed, 'task' | 'covered' | 'rows' | 'first' | 'before'>[],
): readonly Window[] | null {
  const known: Window[] = []
  const earlier = new Map<Landed['task'], EpochSeconds | null>()
  for (const { task, covered, rows, first, before } of batch) {
    if (!task.ordered || task.emptyFrom === null) return null
    if (first === null) {
      if (rows === 0) continue
      return null
    }
    if (covered.from < task.emptyFrom) known.push({ from: covered.from, to: task.emptyFrom })
    // What a page repeats of one that is in the batch as well, the stage holds only once: only what came before the
    // window's first page in here counts.
    if (!earlier.has(task)) earlier.set(task, before)
    const last = earlier.get(task) ?? null
    if (last !== null && first <= last) known.push({ from: first, to: last + 1 })
  }
  return known.reduce<Coverage>((all, window) => cover(all, { ...window, readAt: 0 }), [])
}
