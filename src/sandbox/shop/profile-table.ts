import type { Basics } from './basics.ts'
import { hash2, mix32, unmix32 } from './random.ts'
import { updatedTimes } from './profile-updates.ts'

const CROCKFORD = Buffer.from('0123456789ABCDEFGHJKMNPQRSTVWXYZ', 'latin1')
const VALUES = new Int8Array(128).fill(-1)
CROCKFORD.forEach((code, value) => (VALUES[code] = value))
const ID_LENGTH = 26
/** The first customers came as one import of the shop's old address book. */
const IMPORTED_SHARE = 0.08

/**
 * Who the profiles are: ids and times, in the order of creation. An id is a ULID whose time is the creation's and whose
 * random part hides the index, so that finding needs no map.
 */
export class ProfileTable {
  readonly count: number
  readonly createdMicros: Float64Array
  readonly updatedMicros: Float64Array
  readonly #key: number
  readonly #basics: Basics
  readonly #scratch = Buffer.alloc(ID_LENGTH)

  constructor(basics: Basics, count: number) {
    this.count = count
    this.#basics = basics
    this.#key = hash2(basics.seed, 0x70726f66)
    this.createdMicros = createdTimes(basics, count)
    this.updatedMicros = updatedTimes(basics, this.createdMicros)
  }

  /** How many had been created at that moment. */
  countAt(atS: number): number {
    let low = 0
    let high = this.count
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.createdMicros[middle] ?? 0) <= atS * 1_000_000) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Indexes at or after `count` are customers who have been deleted: ids that nothing answers to. */
  id(i: number): string {
    this.writeId(i, this.#scratch, 0)
    return this.#scratch.toString('latin1')
  }

  writeId(i: number, target: Uint8Array, offset: number): void {
    const ms = Math.floor(this.#createdMicrosOf(i) / 1000)
    const upper = Math.floor(ms / 2 ** 25)
    const lower = ms - upper * 2 ** 25
    for (let c = 0; c < 5; c++) {
      target[offset + c] = CROCKFORD[(upper >>> (20 - 5 * c)) & 31] ?? 0
      target[offset + 5 + c] = CROCKFORD[(lower >>> (20 - 5 * c)) & 31] ?? 0
    }
    const hidden = mix32(i ^ this.#key)
    const one = hash2(this.#key, i)
    const two = hash2(one, 1)
    target[offset + 10] = CROCKFORD[one & 31] ?? 0
    for (let c = 0; c < 7; c++) {
      const bits = c === 6 ? ((hidden & 3) << 3) | (one >>> 29) : hidden >>> (27 - 5 * c)
      target[offset + 11 + c] = CROCKFORD[bits & 31] ?? 0
    }
    for (let c = 0; c < 4; c++) target[offset + 18 + c] = CROCKFORD[(one >>> (5 + 5 * c)) & 31] ?? 0
    for (let c = 0; c < 4; c++) target[offset + 22 + c] = CROCKFORD[(two >>> (5 * c)) & 31] ?? 0
  }

  find(id: string): number {
    if (id.length !== ID_LENGTH) return -1
    let hidden = 0
    for (let c = 0; c < 7; c++) {
      const bits = VALUES[id.charCodeAt(11 + c)] ?? -1
      if (bits < 0) return -1
      hidden = c === 6 ? (hidden << 2) | (bits >>> 3) : (hidden << 5) | bits
    }
    const i = (unmix32(hidden >>> 0) ^ this.#key) >>> 0
    return i < this.count && this.id(i) === id ? i : -1
  }

  #createdMicrosOf(i: number): number {
    if (i < this.count) return this.createdMicros[i] ?? 0
    const share = (hash2(this.#key, i) % 1000) / 1000
    return (this.#basics.calendar.startS + share * 1_000_000) * 1_000_000
  }
}

const createdTimes = ({ calendar, seed }: Basics, count: number): Float64Array => {
  const created = new Float64Array(count)
  const imported = Math.floor(count * IMPORTED_SHARE)
  for (let i = 0; i < count; i++) {
    if (i < imported) {
      created[i] = (calendar.startS + 9 * 3600) * 1_000_000 + Math.floor((i / imported) * 1_000_000)
      continue
    }
    const chance = hash2(seed, i)
    const share = (i - imported + chance / 0x1_0000_0000) / (count - imported)
    const atS = Math.max(calendar.startS + 10 * 3600, calendar.quantile(share))
    created[i] = Math.max(created[i - 1] ?? 0, atS * 1_000_000 + (mix32(chance) % 1_000_000))
  }
  return created
}
