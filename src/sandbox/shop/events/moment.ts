import { writeDigits, writeHex } from './ascii.ts'
import { DAY_S } from '../time-text.ts'

export const MOMENT_LENGTH = '2026-01-31T12:00:00+00:00'.length
export const UUID_LENGTH = 36

/** Seconds from 1582-10-15, where the time of version-1 UUIDs begins, to 1970. */
const GREGORIAN_S = 12_219_292_800

/** Writes moments as text; remembers the day, because neighbours in a page share it. */
export class MomentWriter {
  #day = -1
  readonly #date = Buffer.from('1970-01-01T00:00:00+00:00', 'latin1')

  write(atS: number, target: Uint8Array, offset: number): void {
    const day = Math.floor(atS / DAY_S)
    if (day !== this.#day) {
      this.#day = day
      this.#date.write(new Date(day * DAY_S * 1000).toISOString().slice(0, 10), 0, 'latin1')
    }
    const second = atS - day * DAY_S
    const minute = Math.floor(second / 60)
    const hour = Math.floor(minute / 60)
    for (let i = 0; i < MOMENT_LENGTH; i++) target[offset + i] = this.#date[i] ?? 0
    writeDigits(hour, target, offset + 11, 2)
    writeDigits(minute - hour * 60, target, offset + 14, 2)
    writeDigits(second - minute * 60, target, offset + 17, 2)
  }
}

/** A version-1 UUID whose time is the event's; the hash fills what is below a second, and the clock and node. */
export function writeUuid(atS: number, slot: number, hash: number, target: Uint8Array, offset: number): void {
  // 100 ns since 1582 need 60 bits: counted in units of 2^16 seconds so that no product passes 2^53.
  const seconds = atS + GREGORIAN_S
  const upper = Math.floor(seconds / 65_536) * 10_000_000
  const lower = (seconds % 65_536) * 10_000_000 + (hash % 10_000_000)
  const sum = (upper % 65_536) * 65_536 + lower
  const low = sum % 0x1_0000_0000
  const high = Math.floor(upper / 65_536) + Math.floor(sum / 0x1_0000_0000)
  writeHex(low, target, offset, 8)
  target[offset + 8] = 45
  writeHex(high & 0xffff, target, offset + 9, 4)
  target[offset + 13] = 45
  writeHex(0x1000 | ((high >>> 16) & 0x0fff), target, offset + 14, 4)
  target[offset + 18] = 45
  writeHex(0x8000 | (hash >>> 18), target, offset + 19, 4)
  target[offset + 23] = 45
  writeHex(hash & 0xffff, target, offset + 24, 4)
  writeHex(slot, target, offset + 28, 8)
}
