import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import type * as FileSystem from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { engineHere } from '../../../test/conformance/engine-here.ts'
import { stageOf } from '../../../test/conformance/stage-of.ts'
import type { Engine } from '../../engine/engine.ts'
import { Mutex } from '../../util/mutex.ts'
import { duckDbDialect } from '../duckdb/dialect.ts'
import type { LoadResult, Target, TargetRequest } from '../target.ts'
import { FilesPlace } from './files-place.ts'
import type { Format } from './format.ts'

/** Everything that changes the disk is counted, and from the one of this number on nothing more happens. */
const disk = vi.hoisted(() => ({ steps: 0, killAt: Infinity }))

class Killed extends Error {}

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof FileSystem>()
  const step =
    <Words extends unknown[], Result>(work: (...words: Words) => Promise<Result>) =>
    async (...words: Words): Promise<Result> => {
      if (disk.steps >= disk.killAt) throw new Killed()
      disk.steps += 1
      return work(...words)
    }
  return {
    ...real,
    rename: step(real.rename),
    rm: step(real.rm),
    rmdir: step(real.rmdir),
    link: step(real.link),
    mkdir: step(real.mkdir as (...words: Parameters<typeof real.mkdir>) => ReturnType<typeof real.mkdir>),
    open: (...words: Parameters<typeof real.open>) =>
      words[1] === 'r' ? real.open(...words) : step(real.open)(...words),
  }
})

const parquet: Format = {
  name: 'parquet',
  extension: '.parquet',
  copyOptions: () => 'format parquet',
  scan: (paths, _, fileColumn) =>
    `read_parquet([${paths.join(', ')}], filename = ${fileColumn}, hive_partitioning = false)`,
}
const never = new AbortController().signal
const columns = { id: 'text', at: 'timestamp', n: 'integer' } as const
const declared = [
  { name: 'id', type: 'text' },
  { name: 'at', type: 'timestamp' },
  { name: 'n', type: 'integer' },
  { name: '_sluice_account', type: 'text' },
  { name: '_sluice_synced_at', type: 'timestamp' },
] as const
const before = [
  { id: 'a', at: '2026-01-05T00:00:00Z', n: 1n },
  { id: 'b', at: '2026-01-06T00:00:00Z', n: 1n },
  { id: 'c', at: '2026-02-06T00:00:00Z', n: 1n },
]
const changes = [
  { id: 'a', at: '2026-01-05T00:00:00Z', n: 2n },
  { id: 'c', at: '2026-02-06T00:00:00Z', n: 2n },
  { id: 'd', at: '2026-02-07T00:00:00Z', n: 2n },
  { id: 'e', at: '2026-03-07T00:00:00Z', n: 2n },
]
const OLD = ['a 1', 'b 1', 'c 1']
const NEW = ['a 2', 'b 1', 'c 2', 'd 2', 'e 2']
const covered = (to: number) => [{ pass: '', window: { from: 0, to, readAt: 1_000 } }]

const asked: TargetRequest = {
  account: 'shop',
  sourceTable: 'events',
  table: { schema: 'k', name: 'events' },
  strategy: 'merge',
  key: ['id'],
  cursor: { column: 'at', fixed: true, lookbackSeconds: 0 },
  anew: false,
  passes: [''],
  sets: [],
  identity: null,
  madeOf: { flatten: false },
  telltale: { nested: [], flat: [] },
}

describe('a process that is killed at any step', () => {
  let engine: Engine
  let close: () => Promise<void>
  let folder: string
  beforeAll(async () => {
    ;({ engine, close } = await engineHere())
    folder = mkdtempSync(join(tmpdir(), 'sluice-kill-'))
  })
  afterAll(async () => {
    rmSync(folder, { recursive: true })
    await close()
  })

  /** As another process would: it knows nothing of this one, and does not wait for it. */
  const open = async (lake: string): Promise<FilesPlace> =>
    new FilesPlace(
      {
        format: parquet,
        folder: lake,
        label: 'parquet:///lake',
        session: await engine.session(),
        turns: new Mutex(),
        dialect: duckDbDialect('temp'),
        lease: { goneAfterMs: 0 },
      },
      engine,
    )

  const targetIn = (place: FilesPlace, more: Readonly<{ anew?: boolean }> = {}): Target =>
    place.target({ ...asked, ...more })

  async function load(
    loader: Pick<Target, 'load'>,
    rows: readonly Readonly<Record<string, string | bigint>>[],
    to: number,
  ): Promise<LoadResult> {
    const stage = await stageOf(engine, { columns, rows })
    try {
      return await loader.load(
        { stage, also: [], covered: covered(to), mayHold: null, reread: [], readAt: 1_000 },
        never,
      )
    } finally {
      await engine.drop(stage)
    }
  }

  /** What somebody finds who takes every file that ends in `.parquet`. */
  async function globbed(lake: string): Promise<readonly string[]> {
    const rows = await engine.query(
      `select id || ' ' || n from read_parquet('${lake}/k/events/**/*.parquet', hive_partitioning = true, union_by_name = true) order by 1`,
    )
    return rows.map(([row]) => String(row))
  }

  /** Does the work again and again, killed one step later each time, until it is not reached any more. */
  async function killedEverywhere(
    prepare: (lake: string) => Promise<void>,
    work: (place: FilesPlace) => Promise<unknown>,
    look: (lake: string, place: FilesPlace) => Promise<void>,
  ): Promise<number> {
    const made = join(folder, 'made')
    await prepare(made)
    let kills = 0
    for (let killAt = 0; ; killAt += 1) {
      const lake = join(folder, 'lake')
      cpSync(made, lake, { recursive: true })
      const place = await open(lake)
      Object.assign(disk, { steps: 0, killAt })
      const end = await work(place).then(
        () => 'done',
        (error: unknown) => error,
      )
      const wasKilled = disk.steps >= killAt
      disk.killAt = Infinity
      await place[Symbol.asyncDispose]()
      if (end !== 'done') kills += 1
      const next = await open(lake)
      await look(lake, next)
      await next[Symbol.asyncDispose]()
      rmSync(lake, { recursive: true })
      if (!wasKilled) {
        expect(end).toBe('done')
        rmSync(made, { recursive: true })
        return kills
      }
    }
  }

  const prepare = async (lake: string): Promise<void> => {
    await using place = await open(lake)
    await load(targetIn(place), before, 10)
  }

  test('in a load leaves the old rows or the new, and nothing twice; the next run has them all', async () => {
    const seen = new Set<number | undefined>()
    const kills = await killedEverywhere(
      prepare,
      (place) => load(targetIn(place), changes, 20),
      async (lake, place) => {
        const halfway = (await globbed(lake)).map((row) => row.slice(0, 1))
        expect(halfway).toEqual([...new Set(halfway)])
        // What was there, old or new, is there all the time.
        expect(halfway.slice(0, 3)).toEqual(['a', 'b', 'c'])
        const target = targetIn(place)
        const to = (await target.state()).coverage.get('')?.[0]?.to
        seen.add(to)
        expect(await globbed(lake)).toEqual(to === 20 ? NEW : OLD)
        await target.check(declared, never)
        await load(target, changes, 20)
        expect(await globbed(lake)).toEqual(NEW)
        const own = join(lake, 'k/events/_sluice')
        expect(readdirSync(own)).toEqual([expect.stringMatching(/^manifest-\d+\.json$/)])
      },
    )
    expect(seen).toEqual(new Set([10, 20]))
    expect(kills).toBeGreaterThan(15)
  })

  test('in a load of rows of two tables leaves the old rows in both, or the new', async () => {
    const set = {
      sourceTable: 'messages',
      table: { schema: 'k', name: 'messages' },
      key: ['id'],
      owner: 'of',
    }
    const message = (id: string, of: string, n: bigint) => ({ id, of, n })
    const loadBoth = async (
      place: FilesPlace,
      rows: Parameters<typeof load>[1],
      messages: readonly ReturnType<typeof message>[],
      to: number,
    ): Promise<unknown> => {
      const ofMessages = { id: 'text', of: 'text', n: 'integer' } as const
      const stage = await stageOf(engine, { columns, rows })
      const also = [{ set, stage: await stageOf(engine, { columns: ofMessages, rows: messages }) }]
      const batch = { stage, also, covered: covered(to), mayHold: null, reread: [], readAt: 1_000 }
      return targetIn(place).load(batch, never)
    }
    const messagesIn = async (lake: string): Promise<readonly string[]> => {
      const rows = await engine.query(
        `select concat_ws(' ', id, n, if(_sluice_deleted_at is null, 'here', 'gone')) from read_parquet('${lake}/k/messages/**/*.parquet') order by 1`,
      )
      return rows.map(([row]) => String(row))
    }
    const seen = new Set<number | undefined>()
    await killedEverywhere(
      async (lake) => {
        await using place = await open(lake)
        await loadBoth(place, before, [message('m', 'a', 1n), message('o', 'b', 1n)], 10)
      },
      (place) => loadBoth(place, changes, [message('p', 'a', 2n)], 20),
      async (lake, place) => {
        const to = (await targetIn(place).state()).coverage.get('')?.[0]?.to
        seen.add(to)
        const isNew = to === 20
        // Who looks at the other table first finds out as well what became of it.
        if (!isNew) await place.target({ ...asked, ...set, sets: [] }).state()
        expect(await globbed(lake)).toEqual(isNew ? NEW : OLD)
        const now = ['m 1 gone', 'o 1 here', 'p 2 here']
        expect(await messagesIn(lake)).toEqual(isNew ? now : ['m 1 here', 'o 1 here'])
        await loadBoth(place, changes, [message('p', 'a', 2n)], 20)
        expect(await messagesIn(lake)).toEqual(now)
        expect(readdirSync(join(lake, 'k/messages/_sluice'))).toHaveLength(1)
      },
    )
    expect(seen).toEqual(new Set([10, 20]))
  })

  test('while a table that was read anew takes its place', async () => {
    await killedEverywhere(
      async (lake) => {
        await prepare(lake)
        await using place = await open(lake)
        // A second file in January: of two old ones, one new one takes the place.
        await load(targetIn(place), [{ id: 'g', at: '2026-01-07T00:00:00Z', n: 1n }], 10)
        const aside = targetIn(place, { anew: true }).aside()
        await load(aside, changes, 20)
        await load(aside, [{ id: 'f', at: '2026-01-01T00:00:00Z', n: 3n }], 30)
      },
      (place) => targetIn(place, { anew: true }).aside().complete(2_000, never),
      async (lake, place) => {
        const halfway = (await globbed(lake)).map((row) => row.slice(0, 1))
        expect(halfway).toEqual([...new Set(halfway)])
        const target = targetIn(place, { anew: true })
        const to = (await target.state()).coverage.get('')?.[0]?.to
        const anew = ['a 2', 'c 2', 'd 2', 'e 2', 'f 3']
        expect(await globbed(lake)).toEqual(to === 30 ? anew : [...OLD, 'g 1'])
        if (to !== 30) await target.aside().complete(2_000, never)
        expect(await globbed(lake)).toEqual(anew)
        await target.end(never)
        expect(readdirSync(join(lake, 'k/events/_sluice'))).toHaveLength(1)
      },
    )
  })
})
