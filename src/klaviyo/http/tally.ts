import type { Governor } from './governor.ts'

/** What reading a table has cost so far. */
export type TableUsage = Readonly<{
  requests: number
  /** Answers with status 429. */
  throttled: number
  /** Attempts after a failure other than 429. */
  retries: number
  /** Next links that Klaviyo refused although it gave them itself. */
  refusedLinks: number
  /** Bodies as received. */
  bytes: number
  /** Of the steady limit, 0..1; the larger one where a table spends two budgets. */
  limitShare: number
  /** Requests that wait for the limits at this moment. */
  waiting: number
}>

/** Counters of one table, for whoever makes its requests. */
export type Counters = {
  requests: number
  throttled: number
  retries: number
  refusedLinks: number
  bytes: number
}

const NONE: Readonly<Counters> = { requests: 0, throttled: 0, retries: 0, refusedLinks: 0, bytes: 0 }

/** Counts per table, and remembers which budgets it spends. */
export class Tally {
  readonly #governor: Governor
  readonly #tables = new Map<string, { readonly counters: Counters; readonly keys: Set<string> }>()

  constructor(governor: Governor) {
    this.#governor = governor
  }

  of(table: string, key: string): Counters {
    const entry = this.#tables.get(table) ?? {
      counters: { ...NONE },
      keys: new Set(),
    }
    this.#tables.set(table, entry)
    entry.keys.add(key)
    return entry.counters
  }

  usage(table: string): TableUsage {
    const entry = this.#tables.get(table)
    const usages = [...(entry?.keys ?? [])].map((key) => this.#governor.usage(key))
    return {
      ...NONE,
      ...entry?.counters,
      limitShare: Math.max(0, ...usages.map(({ limitShare }) => limitShare)),
      waiting: usages.reduce((sum, { waiting }) => sum + waiting, 0),
    }
  }
}
