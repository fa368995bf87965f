import { copyFile, truncate, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Pages } from './pages.ts'
import { EXCHANGED, projection } from './projection.ts'
import { attribute, EngineBench, id, listOf } from './testing.ts'

let bench: EngineBench
beforeAll(async () => {
  bench = await EngineBench.open()
})
afterAll(() => bench[Symbol.asyncDispose]())

const columns = [id, attribute('v', 'integer')]

async function copies(): Promise<Pages> {
  const files = [
    await bench.page(listOf('{"v":1}'), { encoding: 'gzip' }),
    await bench.page(listOf('{"v":2}'), { encoding: 'gzip' }),
  ]
  return Pages.prepare(files, { directory: bench.directory, prefix: 'copy' })
}

test.each([
  ['another copy', (file: string, other: string) => copyFile(other, file)],
  ['a page of its size', (file: string) => writeFile(file, listOf('{"v":3}'))],
  ['a part of it', (file: string) => truncate(file, 60)],
] as const)('%s in the place of a copy is not read, however soon it came there', async (_, exchange) => {
  await using pages = await copies()
  const sql = `select id, v from (${projection({ columns, ...pages.sources })})`
  expect(await bench.engine.query(sql)).toEqual([
    ['1', 1n],
    ['1', 2n],
  ])
  const [first = '', second = ''] = pages.files
  await exchange(first, second)
  await expect(bench.engine.query(sql)).rejects.toThrow(EXCHANGED)
})
