import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lock } from './lock.ts'
import { holderOf } from './owner.ts'
import { thisProcess } from './process-place.ts'

let folder = ''
let at = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-lock-'))
  at = join(folder, 'table')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** What a process that has ended leaves: its number, and when it started. */
async function gone(): Promise<string> {
  const here = await thisProcess()
  const child = spawn(process.execPath, ['-e', ''])
  await new Promise((resolve) => child.once('exit', resolve))
  return JSON.stringify({ ...here, pid: child.pid })
}

const elsewhere = JSON.stringify({ space: 'another host', pid: process.pid, started: '1' })
const quick = { everyMs: 20, goneAfterMs: 300 }
const past = async (file: string): Promise<void> => utimes(file, new Date(0), new Date(0))

test('the second is told who has it; once it is given back nothing is left', async () => {
  {
    await using first = await lock(at, 'table "events"')
    void first
    await expect(lock(at, 'table "events"')).rejects.toThrow(
      `Process ${process.pid} is loading table "events" already.`,
    )
  }
  {
    await using again = await lock(at, 'table "events"')
    void again
    expect(await readdir(folder)).toEqual(['table.lock'])
  }
  expect(await readdir(folder)).toEqual([])
})

test('one of a process that is gone is taken over, and one of an earlier process with this number', async () => {
  const recycled = JSON.stringify({ ...(await thisProcess()), started: '1' })
  for (const stale of [await gone(), recycled]) {
    await writeFile(`${at}.lock`, stale)
    await using taken = await lock(at, 'it')
    void taken
    expect(await holderOf(`${at}.lock`, Date.now(), 1e9)).toEqual({ state: 'alive', pid: process.pid })
  }
  expect(await readdir(folder)).toEqual([])
})

test.each([
  ['another place', elsewhere],
  ['who knows', ''],
])('one of %s holds while it shows that it lives, whatever its number means here', async (_, text) => {
  await writeFile(`${at}.lock`, text)
  const beating = setInterval(() => void writeFile(`${at}.lock`, text), 50)
  try {
    await setTimeout(quick.goneAfterMs * 2)
    await expect(lock(at, 'it', quick)).rejects.toThrow(
      /in another container or on another host is loading it/,
    )
  } finally {
    clearInterval(beating)
  }
  await setTimeout(quick.goneAfterMs * 2)
  await using taken = await lock(at, 'it', quick)
  void taken
})

test('one that was silent only because all slept is not taken', async () => {
  await writeFile(`${at}.lock`, elsewhere)
  await past(`${at}.lock`)
  const taking = lock(at, 'it', { everyMs: 200, goneAfterMs: 10_000 })
  void setTimeout(100).then(() => writeFile(`${at}.lock`, elsewhere))
  await expect(taking).rejects.toThrow(/in another container/)
})

test('whoever holds it shows it again and again', async () => {
  await using held = await lock(at, 'it', quick)
  void held
  await past(`${at}.lock`)
  await setTimeout(quick.everyMs * 10)
  expect(await holderOf(`${at}.lock`, Date.now(), 5_000)).toMatchObject({ state: 'alive' })
})

test('what somebody else has taken over is not given back in his place', async () => {
  {
    await using first = await lock(at, 'it', quick)
    void first
    await rm(`${at}.lock`)
    await writeFile(`${at}.lock`, elsewhere)
  }
  expect(await readFile(`${at}.lock`, 'utf8')).toBe(elsewhere)
})

test('of many that break a stale lock at once, one gets it', async () => {
  const stale = await gone()
  for (let round = 0; round < 20; round++) {
    await writeFile(`${at}.lock`, stale)
    const taken = await Promise.allSettled(Array.from({ length: 8 }, () => lock(at, 'it')))
    const held = taken.filter((each) => each.status === 'fulfilled').map(({ value }) => value)
    expect(held.length).toBe(1)
    for (const each of held) await each[Symbol.asyncDispose]()
  }
  expect(await readdir(folder)).toEqual([])
})

test("one that was killed while it broke a lock is in nobody's way; one that is at it is", async () => {
  const stale = await gone()
  for (const name of ['table.lock', 'table.lock.breaking', 'table.lock.0'])
    await writeFile(join(folder, name), stale)
  {
    await using taken = await lock(at, 'it')
    void taken
  }
  expect(await readdir(folder)).toEqual([])

  await writeFile(`${at}.lock`, stale)
  await writeFile(`${at}.lock.breaking`, JSON.stringify(await thisProcess()))
  await expect(lock(at, 'it')).rejects.toThrow('Another run of it is starting at this moment. Try again.')
})
