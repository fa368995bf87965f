import { spawnSync } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { tinyShop } from '../sandbox/tiny-shop.ts'
import { openBench, settledShop } from './bench.ts'
import type { Bench } from './bench.ts'
import { buildCli, runCli } from './cli.ts'
import type { CliResult } from './cli.ts'
import { countOf, expectTruth } from './truth.ts'

const ROWS = 7_000
const events = Array.from({ length: ROWS }, (_, index) => ({
  timeS: Date.UTC(2025, 0, 1) / 1000 + Math.floor(index / 7) * 30,
}))
/** With long texts in it, which no database makes small. */
const bulky = { shop: settledShop, events: ROWS, profiles: 500 }
const truth = { source: 'events', target: 'k.events' }

beforeAll(buildCli)

/** A disk of that many kilobytes; null where this machine lets nobody mount one. */
async function smallDisk(folder: string, kilobytes: number) {
  await mkdir(folder, { recursive: true })
  const mount = (...options: string[]): boolean =>
    spawnSync('mount', ['-t', 'tmpfs', '-o', ...options, 'tmpfs', folder]).status === 0
  if (!mount(`size=${kilobytes}k`)) return null
  return {
    grow: () => {
      expect(mount('remount,size=200m')).toBe(true)
    },
    [Symbol.asyncDispose]: async () => {
      spawnSync('umount', ['-l', folder])
      await Promise.resolve()
    },
  }
}

const words = (bench: Bench, file: string): readonly string[] =>
  bench
    .words('events', {}, '--interval-start', '2010-01-01')
    .map((word) => (word.startsWith('duckdb:') ? `duckdb:///${file}` : word))

/** One clear sentence about space, the exit code, no trace and no key. */
function expectFull({ code, stdout, stderr }: CliResult): void {
  expect(code).toBe(1)
  expect(stderr).toMatch(/No space left|disk of .* is full/)
  expect(stderr).toMatch(/run the same command again/)
  expect(stdout + stderr).not.toMatch(/pk_test|at .*\.js:\d+/)
}

describe('a full disk', () => {
  test('under the database: what was there is as it was, and with more space the same words finish', async (context) => {
    await using bench = await openBench(bulky)
    const folder = join(bench.folder, 'small')
    await using disk = await smallDisk(folder, 1_000)
    if (disk === null) return context.skip('mounting a small disk takes root')
    const file = join(folder, 'shop.duckdb')
    expectFull(await runCli(words(bench, file), bench))
    disk.grow()
    const again = await runCli(words(bench, file), bench)
    expect(again.code, again.stderr).toBe(0)
    expect(await expectTruth(bench.sandbox, file, truth)).toBe(ROWS)
    expect(await bench.landed()).toEqual([])
  })

  test('under a database that has rows: they are all there afterwards', async (context) => {
    await using bench = await openBench(bulky)
    const folder = join(bench.folder, 'small')
    await using disk = await smallDisk(folder, 2_600)
    if (disk === null) return context.skip('mounting a small disk takes root')
    const file = join(folder, 'shop.duckdb')
    const part = {
      destUri: `duckdb:///${file}`,
      intervalStart: '2010-01-01',
      intervalEnd: '2025-06-01',
    }
    expect((await bench.ingest('events', part)).failures).toEqual([])
    const before = await countOf(file, 'k.events')
    expect(before).toBeGreaterThan(10)
    expectFull(await runCli(words(bench, file), bench))
    expect(await countOf(file, 'k.events')).toBeGreaterThanOrEqual(before)
    disk.grow()
    expect((await runCli(words(bench, file), bench)).code).toBe(0)
    await expectTruth(bench.sandbox, file, truth)
  })

  test('under the landed pages', async (context) => {
    await using bench = await openBench({ shop: tinyShop({ events }) })
    await using disk = await smallDisk(bench.stateFolder, 2_000)
    if (disk === null) return context.skip('mounting a small disk takes root')
    expectFull(await runCli(words(bench, bench.file), bench))
    disk.grow()
    const again = await runCli(words(bench, bench.file), bench)
    expect(again.code, again.stderr).toBe(0)
    expect(await expectTruth(bench.sandbox, bench.file, truth)).toBe(ROWS)
    expect(await bench.landed()).toEqual([])
  })
})

test('a limit on the size of files is told as such, and without it the same words finish', async () => {
  await using bench = await openBench({ shop: tinyShop({ events }) })
  // dash and bash count in blocks of 512 and of 1,024 bytes: half a megabyte or one.
  const limited = await runCli(words(bench, bench.file), { ...bench, shell: 'ulimit -f 1000; exec "$@"' })
  expect(limited.code).toBe(1)
  expect(limited.stderr).not.toMatch(/pk_test|at .*\.js:\d+/)
  const again = await runCli(words(bench, bench.file), bench)
  expect(again.code, again.stderr).toBe(0)
  expect(await expectTruth(bench.sandbox, bench.file, truth)).toBe(ROWS)
  expect(await bench.landed()).toEqual([])
})
