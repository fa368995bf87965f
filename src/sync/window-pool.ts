import type { EpochSeconds } from '../model/time.ts'

/** A stretch of time that one worker reads from front to back. It changes while it is read. */
export type Task = {
  readonly pass: string
  readonly from: EpochSeconds
  /** Coverage ends here once the task is read. An idle worker may bring it nearer. */
  to: EpochSeconds
  /** Rows are kept up to here; null keeps rows dated in the future too. Equals `to` except at the live edge. */
  keepTo: EpochSeconds | null
  /** Every row before this second has been received. */
  position: EpochSeconds
  /** Rows per second in the latest pages, or in those of the window that it was cut from; null: not known. */
  density: number | null
  /** Whether a page of it has come. */
  begun: boolean
  /** Pages may come out of order: coverage only at the end, and no splitting. */
  ordered: boolean
  /** From here on the destination held no row of this window before the run; null: not known. */
  readonly emptyFrom: EpochSeconds | null
  done: boolean
}

export type NewTask = Pick<Task, 'pass' | 'from' | 'to' | 'keepTo' | 'ordered'> &
  Partial<Pick<Task, 'emptyFrom'>>

export type PageSeen = Readonly<{ rows: number; first: EpochSeconds | null; upTo: EpochSeconds | null }>

/** A worker that splits must have at least this many pages to save, or the extra request costs more than it wins. */
const WORTHWHILE_PAGES = 4

/**
 * Many rows in one second (an import) say nothing about the years after it: what is still to come is taken to be at
 * most this many times as dense as all that was seen.
 */
const PEAK = 4

/**
 * Hands out windows and re-splits them while they are read: cursor paging is sequential, so one stream is bound
 * by latency, and nobody knows beforehand where the rows are. Pure: no clock, no requests.
 */
export class WindowPool {
  readonly #waiting: Task[]
  readonly #reading = new Set<Task>()
  readonly #pageRows: number
  #seen = { rows: 0, seconds: 0 }

  constructor(tasks: readonly NewTask[], pageRows: number) {
    this.#pageRows = pageRows
    this.#waiting = tasks.map((task) => ({
      emptyFrom: null,
      ...task,
      position: task.from,
      density: null,
      begun: false,
      done: false,
    }))
  }

  get finished(): boolean {
    return this.#waiting.length === 0 && this.#reading.size === 0
  }

  /**
   * The next stretch to read; null: nothing worth taking.
   * @param mayCut whether the later half of one that is being read will do
   */
  take({ mayCut } = { mayCut: true }): Task | null {
    const task = this.#waiting.shift() ?? (mayCut ? this.#split() : null)
    if (task !== null) this.#reading.add(task)
    return task
  }

  /** Notes a page of a task: the seconds of its first and last row, null if it had none. */
  advance(task: Task, page: PageSeen): void {
    if (page.upTo === null) return
    if (page.upTo < task.position && task.begun) {
      // The endpoint claimed an order that it does not keep: read on to the end before counting any of it.
      task.ordered = false
      return
    }
    // Rows may begin years after the window does: the empty stretch before the first page says nothing.
    const since = task.begun ? task.position : (page.first ?? page.upTo)
    const seconds = Math.max(1, page.upTo - since)
    const seen = page.rows / seconds
    this.#seen = { rows: this.#seen.rows + page.rows, seconds: this.#seen.seconds + seconds }
    task.density = task.begun && task.density !== null ? (task.density + seen) / 2 : seen
    task.begun = true
    task.position = Math.max(task.position, page.upTo)
  }

  finish(task: Task): void {
    task.done = true
    this.#reading.delete(task)
  }

  /** Rows that are probably still to come, by the density seen; null while nothing is known. */
  estimate(): number | null {
    const known = [...this.#reading].filter((task) => task.density !== null)
    if (known.length === 0) return null
    return known.reduce((rows, task) => rows + this.#capped(task), 0)
  }

  #capped(task: Task): number {
    const most = (PEAK * this.#seen.rows) / Math.max(1, this.#seen.seconds)
    return Math.min(remaining(task), timeLeftIn(task) * most)
  }

  #split(): Task | null {
    const task = this.#largest()
    if (task === null) return null
    const middle = task.position + Math.ceil((task.to - task.position) / 2)
    // It may be cut again before its first page is in: from one page to all streams in one step.
    const later: Task = { ...task, from: middle, position: middle, begun: false }
    task.to = middle
    task.keepTo = middle
    return later
  }

  #largest(): Task | null {
    let best: Readonly<{ task: Task; rows: number }> | null = null
    for (const task of this.#reading) {
      if (!task.ordered || task.density === null || task.to - task.position < 2) continue
      // What has not begun has its density from an earlier stretch. Where that was an import's, it would be cut
      // again and again before its first page is in: 400 windows of less than a page in 2 million events.
      const rows = task.begun ? remaining(task) : this.#capped(task)
      if (rows >= WORTHWHILE_PAGES * this.#pageRows && rows > (best?.rows ?? 0)) best = { task, rows }
    }
    return best?.task ?? null
  }
}

const timeLeftIn = (task: Task): number => Math.max(0, task.to - task.position)

const remaining = (task: Task): number => timeLeftIn(task) * (task.density ?? 0)
