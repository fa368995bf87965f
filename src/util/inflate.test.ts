import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { inflate } from './inflate.ts'

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
