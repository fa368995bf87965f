import { expect, test } from 'vitest'
import { secondsText } from '../time-text.ts'
import { writeCents, writeDigits } from './ascii.ts'
import { BLANK_MOMENT, BLANK_UUID, MomentWriter, writeUuid } from './moment.ts'

const seconds = [1_000_000_000, 1_704_067_199, 1_704_067_200, 1_709_164_800, 1_784_539_805, 1_784_539_806]

test('moments read as Klaviyo prints them', () => {
  const writer = new MomentWriter()
  for (const atS of seconds) {
    const text = Buffer.from(BLANK_MOMENT)
    writer.write(atS, text, 0)
    expect(text.toString()).toBe(secondsText(atS))
  }
})

test('a UUID is of version 1 and tells the second of its event', () => {
  for (const atS of seconds) {
    const bytes = Buffer.from(BLANK_UUID)
    writeUuid(atS, 4_000_000_000, 0xdeadbeef, bytes, 0)
    const text = bytes.toString()
    expect(text).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u)
    const [low = '', middle = '', high = ''] = text.split('-')
    const ticks = BigInt(`0x${high.slice(1)}${middle}${low}`)
    expect(Number(ticks / 10_000_000n - 12_219_292_800n)).toBe(atS)
  }
})

test('numbers are written with the digits they have', () => {
  const text = (write: (target: Buffer) => number): string => {
    const target = Buffer.alloc(20)
    return target.toString('latin1', 0, write(target))
  }
  expect(text((target) => (writeDigits(4_294_967_295, target, 0, 10), 10))).toBe('4294967295')
  expect(text((target) => (writeDigits(7, target, 0, 9), 9))).toBe('000000007')
  for (const [cents, expected] of [
    [0, '0.00'],
    [5, '0.05'],
    [1_000, '10.00'],
    [99_999, '999.99'],
    [4_294_967_295, '42949672.95'],
  ] as const) {
    expect(text((target) => writeCents(cents, target, 0))).toBe(expected)
  }
})
