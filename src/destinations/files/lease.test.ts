import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../util/clock.ts'
import { Lease } from './lease.ts'
import { TableFolder } from './table-folder.ts'

const never = new AbortController().signal
const format = { name: 'parquet', extension: '.parquet' }

describe('the lease of a table', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-lease-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  it('is held by one at a time; the others come one after another', async () => {
    let inside = 0
    const most: number[] = []
    const turn = async (): Promise<void> => {
      await using _ = await Lease.take(folder, never)
      inside += 1
      most.push(inside)
      await systemClock.sleep(20)
      inside -= 1
    }
    await Promise.all(Array.from({ length: 5 }, turn))
    expect(most).toEqual([1, 1, 1, 1, 1])
    expect(await readdir(folder)).toEqual([])
  })

  it('is given up waiting for when the user says stop', async () => {
    await using _ = await Lease.take(folder, never)
    const stop = AbortSignal.timeout(100)
    await expect(Lease.take(folder, stop)).rejects.toThrow(/timeout/)
  })

  it('of a killed process of this machine is taken over at once', async () => {
    const child = spawn(process.execPath, ['-e', ''])
    await once(child, 'exit')
    // The second has the number of this one, as in a container that was started again.
    for (const pid of [child.pid, process.pid]) {
      const dead = { owner: 'dead', host: hostname(), pid, beat: 3 }
      await writeFile(join(folder, 'lease.json'), JSON.stringify(dead))
      await using lease = await Lease.take(folder, AbortSignal.timeout(5_000))
      await lease.confirm()
    }
  })

  it.each([
    ['of another machine', JSON.stringify({ owner: 'x', host: 'elsewhere', pid: 1, beat: 3 })],
    ['half written', '{"ow'],
  ])('%s is taken over when it has not moved for long enough, by the clock of who waits', async (_, text) => {
    await writeFile(join(folder, 'lease.json'), text)
    let now = 0
    const clock = {
      now: () => now,
      sleep: (ms: number) => {
        now += ms
        return Promise.resolve()
      },
    }
    await using lease = await Lease.take(folder, never, { clock, goneAfterMs: 10_000 })
    expect(now).toBe(10_000)
    await lease.confirm()
  })

  it('is not taken over from a holder that shows itself', async () => {
    await using _ = await Lease.take(folder, never, { beatEveryMs: 20 })
    const other = Lease.take(folder, AbortSignal.timeout(600), { goneAfterMs: 300 })
    await expect(other).rejects.toThrow(/timeout/)
  })

  it('once taken over is not confirmed to the old holder, which leaves that of the new one alone', async () => {
    const old = await Lease.take(folder, never, { beatEveryMs: 60_000 })
    const lease = await Lease.take(folder, never, { goneAfterMs: 0 })
    await expect(old.confirm()).rejects.toThrow(/Another process has taken over/)
    await old[Symbol.asyncDispose]()
    await lease.confirm()
    await lease[Symbol.asyncDispose]()
    expect(await readdir(folder)).toEqual([])
  })

  it('or not: of two that would make the next manifest the second fails, and nothing of it is there', async () => {
    const table = new TableFolder(join(folder, 'events'), { schema: null, name: 'events' }, format)
    await using lease = await Lease.take(await table.make(), never)
    const before = await table.read()
    const snapshot = (rows: number) => [
      {
        account: 'a',
        sourceTable: 'lists',
        coverage: [],
        snapshot: { takenAt: 1, rows },
        unfinished: null,
        madeOf: null,
      },
    ]
    await table.commit(before, { ...before, notes: snapshot(1) }, [lease])
    const late = table.commit(before, { ...before, notes: snapshot(2) }, [lease])
    await expect(late).rejects.toThrow(/Another process has taken over/)
    const manifest = await table.read()
    expect(manifest).toMatchObject({ version: 1, notes: snapshot(1) })
    expect(await readdir(join(folder, 'events/_sluice'))).toEqual(['lease.json', 'manifest-000000001.json'])
    expect(await readFile(join(folder, 'events/_sluice/manifest-000000001.json'), 'utf8')).toContain(
      '"rows": 1',
    )
  })
})
