import { hash2 } from '../random.ts'

const ALPHABET = Buffer.from('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz', 'latin1')
const VALUES = new Int8Array(128).fill(-1)
ALPHABET.forEach((code, value) => (VALUES[code] = value))
/** Two letters at a time halve the divisions. */
const PAIRS = Buffer.alloc(62 * 62 * 2)
for (let i = 0; i < 62 * 62; i++) {
  PAIRS[2 * i] = ALPHABET[Math.floor(i / 62)] ?? 0
  PAIRS[2 * i + 1] = ALPHABET[i % 62] ?? 0
}
const PAIR = 62 * 62
const FRONT = 62 ** 6
const BACK = 62 ** 5

export const EVENT_ID_LENGTH = 11

/**
 * Event ids of 11 letters. Each of `count` slots owns an equal range of the numbers that the first six letters spell and
 * takes a hashed place in it; the last five are a hash. So ids sort as slots do (bytewise), look random, and tell their
 * slot by one division.
 */
export class EventIds {
  readonly #count: number
  readonly #stride: number
  readonly #key: number

  constructor(seed: number, count: number) {
    this.#count = count
    this.#stride = Math.floor(FRONT / Math.max(1, count))
    this.#key = hash2(seed, 0x65766e74)
  }

  write(slot: number, target: Uint8Array, offset: number): void {
    const hash = hash2(this.#key, slot)
    let front = slot * this.#stride + (hash % this.#stride)
    let back = hash2(hash, slot) % BACK
    for (let at = offset + 4; at >= offset; at -= 2) {
      const above = Math.floor(front / PAIR)
      const pair = 2 * (front - above * PAIR)
      target[at] = PAIRS[pair] ?? 0
      target[at + 1] = PAIRS[pair + 1] ?? 0
      front = above
    }
    for (let at = offset + 9; at >= offset + 7; at -= 2) {
      const pair = 2 * (back % PAIR)
      target[at] = PAIRS[pair] ?? 0
      target[at + 1] = PAIRS[pair + 1] ?? 0
      back = Math.floor(back / PAIR)
    }
    target[offset + 6] = ALPHABET[back] ?? 0
  }

  /** The slot of an id, -1 where no slot has it. */
  slot(id: string): number {
    if (id.length !== EVENT_ID_LENGTH) return -1
    let front = 0
    for (let i = 0; i < 6; i++) {
      const value = VALUES[id.charCodeAt(i)] ?? -1
      if (value < 0) return -1
      front = front * 62 + value
    }
    const slot = Math.floor(front / this.#stride)
    return slot < this.#count && this.text(slot) === id ? slot : -1
  }

  text(slot: number): string {
    const bytes = Buffer.allocUnsafe(EVENT_ID_LENGTH)
    this.write(slot, bytes, 0)
    return bytes.toString('latin1')
  }
}
