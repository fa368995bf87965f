const ZERO = 48
/** Two characters for each of 00 … 99 and 00 … ff: half the divisions and stores of writing one by one. */
const DECIMAL = Buffer.from(Array.from({ length: 100 }, (_, n) => String(n).padStart(2, '0')).join(''))
const HEX = Buffer.from(Array.from({ length: 256 }, (_, n) => n.toString(16).padStart(2, '0')).join(''))

/** Exactly `width` decimal digits of a number below 2^32, with leading zeros. */
export const writeDigits = (value: number, target: Uint8Array, offset: number, width: number): void => {
  let left = value >>> 0
  let at = offset + width
  while (at - offset >= 2) {
    const above = (left / 100) >>> 0
    const pair = 2 * (left - above * 100)
    at -= 2
    target[at] = DECIMAL[pair] ?? 0
    target[at + 1] = DECIMAL[pair + 1] ?? 0
    left = above
  }
  if (at > offset) target[offset] = ZERO + (left % 10)
}

/** `1234.50` of 123450 cents; returns the offset after it. */
export const writeCents = (cents: number, target: Uint8Array, offset: number): number => {
  const whole = (cents / 100) >>> 0
  let width = 1
  for (let limit = 10; whole >= limit; limit *= 10) width++
  writeDigits(whole, target, offset, width)
  target[offset + width] = 46
  writeDigits(cents - whole * 100, target, offset + width + 1, 2)
  return offset + width + 3
}

/** The low bytes of a number, the highest first, in hexadecimal. */
export const writeHex = (value: number, target: Uint8Array, offset: number, bytes: number): void => {
  for (let i = 0, shift = 8 * (bytes - 1); i < bytes; i++, shift -= 8) {
    const pair = 2 * ((value >>> shift) & 255)
    target[offset + 2 * i] = HEX[pair] ?? 0
    target[offset + 2 * i + 1] = HEX[pair + 1] ?? 0
  }
}

/** Copies a few bytes without the cost of a call into native code. */
export const writeBytes = (from: Uint8Array, target: Uint8Array, offset: number): number => {
  for (let i = 0; i < from.length; i++) target[offset + i] = from[i] ?? 0
  return offset + from.length
}
