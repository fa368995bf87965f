/**
 * What to ask when Klaviyo refuses, for good, the link that it gave itself. Rows that came in order of the cursor
 * need not come again: the rest is asked for from the second of the last one on, which rows may share. A stream
 * without an order begins again, once.
 */
import type { SluiceError } from '../../model/errors.ts'
import type { Table } from '../../model/table.ts'
import type { EpochSeconds } from '../../model/time.ts'
import type { Envelope } from './envelope.ts'

/** Decoded pairs of a request. */
export type Query = readonly (readonly [string, string])[]

/** Each time there is progress; still, a window that takes more than this is no service to anybody. */
const MOST_TIMES = 20

/** Klaviyo refuses bounds in the future, and rows may be dated there. */
const SAFELY_PAST_SECONDS = 10

export type AskAnewOptions = Readonly<{
  table: Table
  first: Query
  /** The question for the rows from that second on; null: there is none, the stream has no window. */
  since: ((from: EpochSeconds) => Query) | null
}>

/** Follows one stream, and knows where it can be taken up again. */
export class AskAnew {
  readonly #options: AskAnewOptions
  #times = 0
  /** The last row's second. */
  #reached: EpochSeconds | null = null
  #isInOrder: boolean
  #askedFrom = -Infinity
  /** Whether the next page is the first one since the question: a bound may bring rows from before it. */
  #isFresh = true

  constructor(options: AskAnewOptions) {
    this.#options = options
    this.#isInOrder = options.table.cursor?.ordered ?? false
  }

  /** Notes a page that was read. */
  note(page: Envelope, receivedAtMs: number): void {
    const [first, last] = [secondsOf(page.firstCursor), secondsOf(page.lastCursor)]
    if (first === null || last === null) {
      // Rows whose time cannot be read have no place in any order.
      if (page.rows > 0) this.#isInOrder = false
      return
    }
    const reached = this.#reached ?? -Infinity
    if ((!this.#isFresh && first < reached) || last < first) this.#isInOrder = false
    this.#isFresh = false
    this.#reached = Math.max(reached, Math.min(last, Math.floor(receivedAtMs / 1000) - SAFELY_PAST_SECONDS))
  }

  /** @throws the refusal itself, where asking anew would lead nowhere */
  after(refusal: SluiceError): Query {
    const { since, first } = this.#options
    const from = this.#isInOrder && since !== null ? this.#reached : null
    this.#times += 1
    this.#isFresh = true
    const isFurther = from !== null && from > this.#askedFrom
    if (this.#times > (isFurther ? MOST_TIMES : 1)) throw refusal
    if (from === null || since === null) return first
    this.#askedFrom = from
    return since(from)
  }
}

/** Whole seconds of Klaviyo's date texts, the older spelling with a blank included. */
function secondsOf(text: string | null): EpochSeconds | null {
  const atMs = Date.parse(text ?? '')
  return Number.isNaN(atMs) ? null : Math.floor(atMs / 1000)
}
