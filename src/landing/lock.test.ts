import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lock } from './lock.ts'
import { isRunning, processId } from './process-id.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-lock-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('the second is told who has it; once it is given back nothing is left', async () => {
  const at = join(folder, 'table')
  {
    await using first = await lock(at, 'table "events"')
    void first
    await expect(lock(at, 'table "events"')).rejects.toThrow(
      `Process ${process.pid} is loading table "events" already.`,
    )
  }
  await using again = await lock(at, 'table "events"')
  void again
  expect(await readdir(folder)).toEqual(['table.lock'])
})

test('one of a process that is gone is taken over, and one of an earlier process with this number', async () => {
  const at = join(folder, 'table')
  const child = spawn(process.execPath, ['-e', ''])
  const gone = await processId(child.pid ?? 0)
  await new Promise((resolve) => child.once('exit', resolve))
  for (const stale of [gone, `${process.pid} 1`, '']) {
    await writeFile(`${at}.lock`, stale)
    await using taken = await lock(at, 'it')
    void taken
    expect(await isRunning(await readFile(`${at}.lock`, 'utf8'))).toBe(true)
  }
  expect(await readdir(folder)).toEqual([])
})

test('of many that break a stale lock at once, one gets it', async () => {
  const at = join(folder, 'table')
  for (let round = 0; round < 20; round++) {
    await writeFile(`${at}.lock`, '999999999 1')
    const taken = await Promise.allSettled(Array.from({ length: 8 }, () => lock(at, 'it')))
    const held = taken.filter((each) => each.status === 'fulfilled').map(({ value }) => value)
    expect(held.length).toBe(1)
    for (const each of held) await each[Symbol.asyncDispose]()
  }
})

test("one that was killed while it broke a lock is in nobody's way; one that is at it is", async () => {
  const at = join(folder, 'table')
  await writeFile(`${at}.lock`, '999999999 1')
  await writeFile(`${at}.lock.breaking`, '999999999 1')
  await writeFile(`${at}.lock.999999999-0`, '999999999 1')
  {
    await using taken = await lock(at, 'it')
    void taken
  }
  expect(await readdir(folder)).toEqual([])

  await writeFile(`${at}.lock`, '999999999 1')
  await writeFile(`${at}.lock.breaking`, await processId(process.pid))
  await expect(lock(at, 'it')).rejects.toThrow('Another run of it is starting at this moment. Try again.')
})
