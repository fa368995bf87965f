/** What was asked of one operation. */
export type OperationStats = Readonly<{
  requests: number
  succeeded: number
  throttled: number
  /** Other answers with a status of 400 or more, and faults. */
  failed: number
  rows: number
  bytes: number
  /** Most requests in the air at the same time. */
  concurrent: number
}>

/** Totals, and the same by operation (`get_events`). */
export type SandboxStats = Readonly<{
  total: OperationStats
  operations: Readonly<Record<string, OperationStats>>
}>

type Counts = { -readonly [Name in keyof OperationStats]: number }

const zero = (): Counts => ({
  requests: 0,
  succeeded: 0,
  throttled: 0,
  failed: 0,
  rows: 0,
  bytes: 0,
  concurrent: 0,
})

/** Counts requests as they come and go. */
export class StatsBook {
  #counts = new Map<string, Counts>()
  #open = new Map<string, number>()

  #of(name: string): Counts {
    const known = this.#counts.get(name)
    if (known !== undefined) return known
    const created = zero()
    this.#counts.set(name, created)
    return created
  }

  /** A request has come; the function returned is to be called once when it is answered. */
  begin(operation: string): (outcome: Readonly<{ status: number; rows: number; bytes: number }>) => void {
    const names = ['', operation]
    for (const name of names) {
      const counts = this.#of(name)
      const open = (this.#open.get(name) ?? 0) + 1
      this.#open.set(name, open)
      counts.requests += 1
      counts.concurrent = Math.max(counts.concurrent, open)
    }
    return ({ status, rows, bytes }) => {
      for (const name of names) {
        const counts = this.#of(name)
        this.#open.set(name, (this.#open.get(name) ?? 1) - 1)
        counts.bytes += bytes
        if (status === 429) counts.throttled += 1
        else if (status === 200) counts.succeeded += 1
        else counts.failed += 1
        if (status === 200) counts.rows += rows
      }
    }
  }

  read(): SandboxStats {
    const { '': total = zero(), ...operations } = Object.fromEntries(
      [...this.#counts].map(([name, counts]) => [name, { ...counts }]),
    )
    return { total, operations }
  }

  reset(): void {
    this.#counts = new Map()
  }
}
