const HEX = Buffer.from('0123456789abcdef', 'latin1')
const ZERO = 48

/** Exactly `width` decimal digits, with leading zeros. */
export const writeDigits = (value: number, target: Uint8Array, offset: number, width: number): void => {
  let left = value
  for (let at = offset + width - 1; at >= offset; at--) {
    const above = Math.floor(left / 10)
    target[at] = ZERO + left - above * 10
    left = above
  }
}

/** `1234.50` of 123450 cents; returns the offset after it. */
export const writeCents = (cents: number, target: Uint8Array, offset: number): number => {
  const whole = Math.floor(cents / 100)
  let width = 1
  for (let limit = 10; whole >= limit; limit *= 10) width++
  writeDigits(whole, target, offset, width)
  target[offset + width] = 46
  writeDigits(cents - whole * 100, target, offset + width + 1, 2)
  return offset + width + 3
}

/** `width` hexadecimal digits of the low bits. */
export const writeHex = (value: number, target: Uint8Array, offset: number, width: number): void => {
  for (let i = 0, shift = 4 * (width - 1); i < width; i++, shift -= 4) {
    target[offset + i] = HEX[(value >>> shift) & 15] ?? 0
  }
}

/** Copies a few bytes without the cost of a call into native code. */
export const writeBytes = (from: Uint8Array, target: Uint8Array, offset: number): number => {
  for (let i = 0; i < from.length; i++) target[offset + i] = from[i] ?? 0
  return offset + from.length
}
