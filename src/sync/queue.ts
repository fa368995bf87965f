import type { LandedPage } from '../landing/landing.ts'
import type { EpochSeconds, Window } from '../model/time.ts'
import { onAbort } from '../util/abort.ts'
import type { Task } from './window-pool.ts'

/** A landed page on its way to the loader, with what loading it will have covered. */
export type Landed = Readonly<{
  page: LandedPage
  /** It may be cut after the page was landed, so the loader looks at its bounds when it loads. */
  task: Pick<Task, 'pass' | 'from' | 'keepTo' | 'ordered' | 'freshFrom'>
  covered: Window
  rows: number
  /** The second of the first row, and of the last one before it in the window; null: none, or it says no time. */
  first: EpochSeconds | null
  before: EpochSeconds | null
}>

/** Pages in the order in which they were received; those of one window therefore in its order. */
export class LandedQueue {
  readonly #pages: Landed[] = []
  #bytes = 0
  #closed = false
  #wake: () => void = () => undefined

  push(landed: Landed): void {
    this.#pages.push(landed)
    this.#bytes += landed.page.bodyBytes
    this.#wake()
  }

  /** No more pages will come; what is there can still be taken. */
  close(): void {
    this.#closed = true
    this.#wake()
  }

  get isEmpty(): boolean {
    return this.#pages.length === 0
  }

  get bytes(): number {
    return this.#bytes
  }

  get closed(): boolean {
    return this.#closed
  }

  /** Up to `maxBytes` of pages, at least one if there is any. */
  take(maxBytes: number): readonly Landed[] {
    let bytes = 0
    let count = 0
    for (const { page } of this.#pages) {
      if (count > 0 && bytes + page.bodyBytes > maxBytes) break
      bytes += page.bodyBytes
      count++
    }
    this.#bytes -= bytes
    return this.#pages.splice(0, count)
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
}
