import { writeBytes, writeDigits, writeHex } from './ascii.ts'
import { DAY_S } from '../time-text.ts'

/** Seconds from 1582-10-15, where the time of version-1 UUIDs begins, to 1970. */
const GREGORIAN_S = 12_219_292_800

/** Digits of the date, and of nothing else: what stands between them is in the skeleton already. */
const DATE_LENGTH = '2026-01-31'.length

/** What `MomentWriter` writes into. */
export const BLANK_MOMENT = '0000-00-00T00:00:00+00:00'
export const BLANK_UUID = '00000000-0000-1000-8000-000000000000'

/** Writes the digits of moments into `BLANK_MOMENT`; remembers the day, because neighbours in a page share it. */
export class MomentWriter {
  #day = -1
  readonly #date = Buffer.alloc(DATE_LENGTH)

  write(atS: number, target: Uint8Array, offset: number): void {
    const day = (atS / DAY_S) >>> 0
    if (day !== this.#day) {
      this.#day = day
      this.#date.write(new Date(day * DAY_S * 1000).toISOString(), 0, DATE_LENGTH, 'latin1')
    }
    const second = atS - day * DAY_S
    const minute = (second / 60) >>> 0
    const hour = (minute / 60) >>> 0
    writeBytes(this.#date, target, offset)
    writeDigits(hour, target, offset + 11, 2)
    writeDigits(minute - hour * 60, target, offset + 14, 2)
    writeDigits(second - minute * 60, target, offset + 17, 2)
  }
}

/** Ticks of 100 ns in 2^16 seconds. */
const TICKS = 10_000_000

/**
 * Writes a version-1 UUID whose time is the event's into `BLANK_UUID`; the hash fills what is below a second, and the
 * clock and node.
 */
export function writeUuid(atS: number, slot: number, hash: number, target: Uint8Array, offset: number): void {
  // Ticks since 1582 need 60 bits: counted in units of 2^16 seconds, no product passes 2^53.
  const seconds = atS + GREGORIAN_S
  const units = Math.floor(seconds / 65_536)
  const upper = units * TICKS
  const upperHigh = Math.floor(upper / 65_536)
  const sum = (upper - upperHigh * 65_536) * 65_536 + (seconds - units * 65_536) * TICKS + (hash % TICKS)
  const carry = Math.floor(sum / 0x1_0000_0000)
  const high = upperHigh + carry
  writeHex(sum - carry * 0x1_0000_0000, target, offset, 4)
  writeHex(high, target, offset + 9, 2)
  writeHex(0x1000 | ((high >>> 16) & 0x0fff), target, offset + 14, 2)
  writeHex(0x8000 | (hash >>> 18), target, offset + 19, 2)
  writeHex(hash, target, offset + 24, 2)
  writeHex(slot, target, offset + 28, 4)
}
