import { cover, type Coverage } from '../model/coverage.ts'
import type { EpochSeconds, Window } from '../model/time.ts'
import type { Task } from './window-pool.ts'

/** The seconds of a page's first row and of the last one before it; null: there was none, or it says no time. */
export type PageEdge = Readonly<{ first: EpochSeconds | null; before: EpochSeconds | null; rows: number }>

/**
 * Where the destination may hold rows of a page already, so that a load of new rows need not search a large table
 * for keys that cannot be there. Empty: nowhere. Null: anywhere, because the rows may have moved in time or come
 * without order. Two things can be there: what was in the window before this run, and rows that Klaviyo repeats
 * at the seam of two pages when new ones push them on.
 */
export function knownWithin(
  task: Pick<Task, 'ordered' | 'freshFrom'>,
  from: EpochSeconds,
  { first, before, rows }: PageEdge,
): readonly Window[] | null {
  if (!task.ordered || task.freshFrom === null) return null
  if (first === null) return rows === 0 ? [] : null
  return [
    ...(from < task.freshFrom ? [{ from, to: task.freshFrom }] : []),
    ...(before !== null && first <= before ? [{ from: first, to: before + 1 }] : []),
  ]
}

/** The same for a batch of pages. */
export function knownWithinAny(pages: readonly (readonly Window[] | null)[]): readonly Window[] | null {
  const known = pages.filter((windows) => windows !== null)
  if (known.length < pages.length) return null
  return known.flat().reduce<Coverage>((all, window) => cover(all, { ...window, readAt: 0 }), [])
}
