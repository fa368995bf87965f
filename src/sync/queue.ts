import type { LandedPage } from '../landing/landing.ts'
import type { EpochSeconds, Window } from '../model/time.ts'
import { onAbort } from '../util/abort.ts'
import type { Task } from './window-pool.ts'

/** A landed page on its way to the loader, with what loading it will have covered. */
export type Landed = Readonly<{
  page: LandedPage
  /** It may be cut after the page was landed, so the loader looks at its bounds when it loads. */
  task: Pick<Task, 'pass' | 'from' | 'keepTo' | 'ordered' | 'emptyFrom' | 'done'>
  covered: Window
  rows: number
  /** The second of the first row, and of the last one before it in the window; null: none, or it says no time. */
  first: EpochSeconds | null
  before: EpochSeconds | null
}>

/** Pages of one window that share seconds, in its order. */
type Chain = Landed[]

/** Pages that share a second are few, unless somebody imported all there is in one. */
const LONGEST_CHAIN = 8

/**
 * Landed pages, those of one window in its order. Where a page ends in a second that the next one goes on with,
 * Klaviyo may repeat rows; a page is therefore held back until the next one of its window has come, and they are
 * handed out together: a load need not look in the destination for rows that are in its own batch.
 */
export class LandedQueue {
  readonly #ready: Chain[] = []
  readonly #held = new Map<Landed['task'], Chain>()
  #bytes = 0
  #closed = false
  #isHurried = false
  #wake: () => void = () => undefined

  push(landed: Landed): void {
    const { task, first, before } = landed
    const held = this.#held.get(task) ?? []
    if (first === null || before === null || first > before || held.length >= LONGEST_CHAIN)
      this.#release(task)
    const chain = this.#held.get(task) ?? []
    this.#held.set(task, [...chain, landed])
    // Where every load searches everything, or no page comes any more, there is nothing to wait for.
    if (task.done || task.emptyFrom === null || !task.ordered) this.#release(task)
    this.#wake()
  }

  /** No more pages will come; what is there can still be taken. */
  close(): void {
    this.#closed = true
    this.releaseAll()
    this.#wake()
  }

  /** Asks that what is here be taken although it fills no batch: the disk has no room for more. */
  hurry(): void {
    this.#isHurried = true
    this.#wake()
  }

  get isHurried(): boolean {
    return this.#isHurried
  }

  /** Ends the waiting for next pages. */
  releaseAll(): void {
    for (const task of this.#held.keys()) this.#release(task)
  }

  /** Whether no page is here, held back or not. */
  get isEmpty(): boolean {
    return this.#ready.length === 0 && this.#held.size === 0
  }

  /** Of the pages that are not held back. */
  get bytes(): number {
    return this.#bytes
  }

  get closed(): boolean {
    return this.#closed
  }

  /** Up to `maxBytes` of pages that are not held back, at least one if there is any. */
  take(maxBytes: number): readonly Landed[] {
    this.#isHurried = false
    let bytes = 0
    let count = 0
    for (const chain of this.#ready) {
      const more = bytesOf(chain)
      if (count > 0 && bytes + more > maxBytes) break
      bytes += more
      count++
    }
    this.#bytes -= bytes
    return this.#ready.splice(0, count).flat()
  }

  /** Resolves when a page comes, the queue is closed, the signal aborts or the time is up. */
  changed(signal: AbortSignal, withinMs?: number): Promise<void> {
    return new Promise((resolve) => {
      let listening: Disposable | undefined
      const wake = (): void => {
        clearTimeout(timer)
        listening?.[Symbol.dispose]()
        resolve()
      }
      const timer = withinMs === undefined ? undefined : setTimeout(wake, withinMs)
      this.#wake = wake
      listening = onAbort(signal, wake)
    })
  }

  #release(task: Landed['task']): void {
    const chain = this.#held.get(task)
    if (chain === undefined) return
    this.#held.delete(task)
    this.#ready.push(chain)
    this.#bytes += bytesOf(chain)
  }
}

const bytesOf = (chain: Chain): number => chain.reduce((sum, { page }) => sum + page.bodyBytes, 0)
