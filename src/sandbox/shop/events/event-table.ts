import { hash2 } from '../random.ts'
import { sortByTime } from './sort-by-time.ts'

/** Stands in the message column where no message is behind an event. */
export const NO_MESSAGE = 0xffff
/** In the metric column: an event whose metric cannot be resolved. */
export const NO_METRIC = 0x7f
/** Added to the metric: when the event became visible is written down, not computed. */
export const VISIBILITY_NOTED = 0x80

/** Events as columns, sorted by (time, slot): 25 bytes each, and 4 more to find an event by its slot. */
export type EventTable = Readonly<{
  count: number
  time: Uint32Array
  profile: Uint32Array
  metric: Uint8Array
  blob: Uint16Array
  message: Uint16Array
  cents: Uint32Array
  /** Of the order or visit that the event belongs to. */
  session: Uint32Array
  slot: Uint32Array
  indexOfSlot: Uint32Array
  /** Milliseconds, by slot, of the few whose visibility is noted. */
  visibleAtMs: ReadonlyMap<number, number>
}>

/** Takes events in the order they are made, until it is full; each gets a slot far from its neighbours'. */
export class EventTableBuilder {
  readonly capacity: number
  #count = 0
  #slot: number
  readonly #step: number
  readonly #time: Uint32Array
  readonly #profile: Uint32Array
  readonly #metric: Uint8Array
  readonly #blob: Uint16Array
  readonly #message: Uint16Array
  readonly #cents: Uint32Array
  readonly #session: Uint32Array
  readonly #visibleAtMs = new Map<number, number>()

  constructor(capacity: number, seed: number) {
    this.capacity = capacity
    this.#step = stepFor(capacity)
    this.#slot = capacity === 0 ? 0 : hash2(seed, capacity) % capacity
    this.#time = new Uint32Array(capacity)
    this.#profile = new Uint32Array(capacity)
    this.#metric = new Uint8Array(capacity)
    this.#blob = new Uint16Array(capacity)
    this.#message = new Uint16Array(capacity)
    this.#cents = new Uint32Array(capacity)
    this.#session = new Uint32Array(capacity)
  }

  get count(): number {
    return this.#count
  }

  get isFull(): boolean {
    return this.#count === this.capacity
  }

  /** Seven numbers, not an object: this runs millions of times. */
  put(
    time: number,
    metric: number,
    profile: number,
    blob: number,
    message: number,
    cents: number,
    session: number,
  ): void {
    if (this.#count === this.capacity) return
    const slot = this.#slot
    this.#time[slot] = time
    this.#metric[slot] = metric
    this.#profile[slot] = profile
    this.#blob[slot] = blob
    this.#message[slot] = message
    this.#cents[slot] = cents
    this.#session[slot] = session
    this.#count++
    this.#slot = slot + this.#step
    if (this.#slot >= this.capacity) this.#slot -= this.capacity
  }

  /** Notes when the event that `put` takes next becomes visible; its metric must carry `VISIBILITY_NOTED`. */
  noteVisibility(atMs: number): void {
    if (!this.isFull) this.#visibleAtMs.set(this.#slot, atMs)
  }

  finish(): EventTable {
    if (!this.isFull) throw new Error(`only ${this.#count} of ${this.capacity} events were made`)
    const slot = sortByTime(this.#time)
    const indexOfSlot = new Uint32Array(this.capacity)
    for (let i = 0; i < slot.length; i++) indexOfSlot[slot[i] ?? 0] = i
    return {
      count: this.capacity,
      time: gather(this.#time, slot, new Uint32Array(this.capacity)),
      profile: gather(this.#profile, slot, new Uint32Array(this.capacity)),
      metric: gather(this.#metric, slot, new Uint8Array(this.capacity)),
      blob: gather(this.#blob, slot, new Uint16Array(this.capacity)),
      message: gather(this.#message, slot, new Uint16Array(this.capacity)),
      cents: gather(this.#cents, slot, new Uint32Array(this.capacity)),
      session: gather(this.#session, slot, new Uint32Array(this.capacity)),
      slot,
      indexOfSlot,
      visibleAtMs: this.#visibleAtMs,
    }
  }
}

const gather = <T extends Uint8Array | Uint16Array | Uint32Array>(
  from: T,
  order: Uint32Array,
  into: T,
): T => {
  for (let i = 0; i < order.length; i++) into[i] = from[order[i] ?? 0] ?? 0
  return into
}

/** Steps of the golden section, co-prime with the capacity, visit each slot once and never two neighbours in a row. */
const stepFor = (capacity: number): number => {
  if (capacity <= 1) return 0
  let step = Math.max(1, Math.floor(capacity * 0.6180339887))
  while (commonDivisor(step, capacity) !== 1) step++
  return step
}

const commonDivisor = (a: number, b: number): number => (b === 0 ? a : commonDivisor(b, a % b))
