import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { inflate, TooLarge } from './inflate.ts'

test('gives back what went in, whatever its size', async () => {
  for (const size of [0, 1, 70_000, 20_000_000]) {
    const body = Buffer.alloc(size, 'abc')
    expect((await inflate(gzipSync(body))).equals(body)).toBe(true)
  }
})

test('refuses what is cut off or no gzip', async () => {
  await expect(inflate(gzipSync('abc').subarray(0, -3))).rejects.toThrow('unexpected end of file')
  await expect(inflate(Buffer.from('abc'))).rejects.toThrow('incorrect header check')
})

test('stops at the size that it is given', async () => {
  const gzip = gzipSync(Buffer.alloc(2_000_000))
  expect(await inflate(gzip, 2_000_000)).toHaveLength(2_000_000)
  await expect(inflate(gzip, 1_999_999)).rejects.toThrow(TooLarge)
  await expect(inflate(gzip, 10)).rejects.toThrow('A gzip holds more than 10 bytes.')
})
