import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { engineHere } from '../../../test/conformance/engine-here.ts'
import { stageOf } from '../../../test/conformance/stage-of.ts'
import type { Engine, Value } from '../../engine/engine.ts'
import type { StageColumn } from '../../model/stage.ts'
import { openPlace } from '../registry.ts'
import type { Batch, LoadResult, Place, Target, TargetRequest } from '../target.ts'

const never = new AbortController().signal
const columns = { id: 'text', at: 'timestamp', n: 'integer' } as const
const declared: readonly StageColumn[] = [
  ...Object.entries(columns).map(([name, type]) => ({ name, type })),
  { name: '_sluice_account', type: 'text' },
  { name: '_sluice_synced_at', type: 'timestamp' },
]
const row = (id: string, at: string | null, n = 1n) => ({ id, at: at === null ? null : `${at}T00:00:00Z`, n })

describe('a folder of Parquet files', () => {
  let folder: string
  let engine: Engine
  let closeEngine: () => Promise<void>
  let place: Place
  beforeEach(async () => {
    // Every wildcard that a path may have, and both quotes.
    folder = join(mkdtempSync(join(tmpdir(), 'sluice-files-')), `la[k]e*? it's "mine"`)
    ;({ engine, close: closeEngine } = await engineHere())
    place = await openPlace(`parquet:///${folder}`, engine)
  })
  afterEach(async () => {
    await place[Symbol.asyncDispose]()
    await closeEngine()
    rmSync(join(folder, '..'), { recursive: true })
  })

  const target = (more: Partial<TargetRequest> = {}): Target =>
    place.target({
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
      ...more,
    })

  async function load(
    rows: readonly Readonly<Record<string, Value>>[],
    more: Partial<TargetRequest & Batch> = {},
  ): Promise<LoadResult> {
    const { mayHold = null } = more
    const account = more.account ?? 'shop'
    const stage = await stageOf(engine, { columns, rows, account })
    const batch = { stage, also: [], covered: [], mayHold, reread: [], readAt: 1 }
    const result = await target(more).load(batch, never)
    await engine.drop(stage)
    return result
  }

  const filesOf = (table = 'k/events'): readonly string[] =>
    readdirSync(join(folder, table), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.parquet'))
      .sort()
  /** Changes when a file is written anew. */
  const inodesOf = (): ReadonlyMap<string, number> =>
    new Map(filesOf().map((name) => [name, statSync(join(folder, 'k/events', name)).ino]))
  const monthsOf = (names: readonly string[]): readonly (string | undefined)[] =>
    names.map((name) => /sluice_month=([^/]*)/.exec(name)?.[1])
  const list = async (): Promise<readonly string[]> => {
    const paths = filesOf().map((name) => join(folder, 'k/events', name).replaceAll(/[[*?]/g, '[$&]'))
    const rows = await engine.query(
      `select concat_ws(' ', id, n) from read_parquet([${paths.map((path) => `'${path.replaceAll("'", "''")}'`).join(', ')}]) order by 1`,
    )
    return rows.map(([text]) => String(text))
  }

  it('is parted by account and month; a batch of one month leaves the files of the others alone', async () => {
    await load([
      row('a', '2026-01-05'),
      row('b', '2026-01-06'),
      row('c', '2026-02-01'),
      row('d', '2026-03-01'),
    ])
    const before = inodesOf()
    expect(monthsOf([...before.keys()])).toEqual(['2026-01', '2026-02', '2026-03'])
    expect(await load([row('a', '2026-01-05', 2n), row('b', '2026-01-06')])).toMatchObject({
      changed: 1,
      unchanged: 1,
    })
    const after = inodesOf()
    const rewritten = [...after].filter(([name, inode]) => before.get(name) !== inode).map(([name]) => name)
    expect(monthsOf(rewritten)).toEqual(['2026-01'])
    expect(await list()).toEqual(['a 2', 'b 1', 'c 1', 'd 1'])
    expect(await load([row('a', '2026-01-05', 2n)])).toMatchObject({ unchanged: 1 })
    expect(inodesOf()).toEqual(after)
  })

  it('gets a file more, and no other is read or written, where nothing of a batch can be there', async () => {
    await load([row('a', '2026-01-05')])
    const before = inodesOf()
    // A file that nobody can read is not looked at.
    const [first = ''] = filesOf()
    writeFileSync(join(folder, 'k/events', first), 'spoilt')
    expect(await load([row('b', '2026-01-05')], { mayHold: [] })).toMatchObject({ inserted: 1 })
    const january = { from: Date.UTC(2026, 0, 5) / 1000, to: Date.UTC(2026, 0, 6) / 1000 }
    await expect(load([row('a', '2026-01-05')], { mayHold: [january] })).rejects.toThrow(/refused the data/)
    expect(filesOf()).toHaveLength(2)
    expect(inodesOf().get(first)).toBe(before.get(first))
  })

  it('finds rows of any time again: the year 1, the year 9999, the edge of a month, none at all', async () => {
    const rows = [
      row('a', '0001-01-01'),
      row('b', '9999-12-31'),
      row('c', '2026-01-31'),
      row('d', '2026-02-01'),
    ]
    await load([...rows, row('e', null)])
    expect(monthsOf(filesOf())).toEqual([
      '0001-01',
      '2026-01',
      '2026-02',
      '9999-12',
      '__HIVE_DEFAULT_PARTITION__',
    ])
    expect(await load(rows.map((each) => ({ ...each, n: 2n })))).toMatchObject({ changed: 4, inserted: 0 })
    expect(await list()).toEqual(['a 2', 'b 2', 'c 2', 'd 2', 'e 1'])
  })

  it('is parted by account alone where the time of a row moves, so that no row is in two months', async () => {
    const moving = { cursor: { column: 'at', fixed: false, lookbackSeconds: 0 } }
    await load([row('a', '2026-01-05'), row('A', '2026-01-05'), row('b', '2026-01-06')], moving)
    expect(await load([row('a', '2026-05-05', 2n)], moving)).toMatchObject({ changed: 1 })
    expect(filesOf()).toEqual([expect.stringMatching(/^sluice_account=shop\/part-[^/]+$/)])
    expect(await list()).toEqual(['A 1', 'a 2', 'b 1'])
  })

  it('writes small files of a partition together, and forgets no row', async () => {
    for (let i = 0; i < 30; i++) await load([row(`r${i + 10}`, '2026-01-05')], { mayHold: [] })
    expect(filesOf().length).toBeLessThanOrEqual(24)
    await load([row('other', '2026-01-05')], { mayHold: [], account: 'other' })
    await target().end(never)
    expect(filesOf().filter((name) => name.includes('shop')).length).toBeLessThanOrEqual(8)
    expect(await list()).toHaveLength(31)
  })

  it('has the account in the names of folders as others decode it, whatever it is called', async () => {
    const odd = [
      `o'neil "shop" 🛒`,
      'a/b',
      '..',
      '%41',
      'sluice_month=2026-01',
      'Größe',
      ' ',
      'long'.repeat(30),
    ]
    for (const account of odd) await load([row('a', '2026-01-05')], { account })
    const glob = join(folder, 'k/events').replaceAll(/[[*?]/g, '[$&]').replaceAll("'", "''")
    const rows = await engine.query(
      `select distinct _sluice_account, sluice_account from read_parquet('${glob}/**/*.parquet', hive_partitioning = true)`,
    )
    expect(new Set(rows.map(([account]) => account))).toEqual(new Set(odd))
    for (const [account, decoded] of rows) expect(decoded).toBe(account)
  })

  it('is refused where readers of the folder would find other rows than the table has', async () => {
    await load([row('a', '2026-01-05'), row('b', '2026-02-05')])
    await target().check(declared, never)
    const [january = '', february = ''] = filesOf().map((name) => join(folder, 'k/events', name))
    writeFileSync(join(folder, 'k/events/copy.parquet'), '')
    await expect(target().check(declared, never)).rejects.toThrow(
      /"copy.parquet" in .* was not written by sluice/,
    )
    rmSync(join(folder, 'k/events/copy.parquet'))
    rmSync(january)
    await expect(target().check(declared, never)).rejects.toThrow(/is gone, and rows with it.*fullRefresh/)
    const anew = target({ anew: true })
    await anew.check(declared, never)
    const stage = await stageOf(engine, { columns, rows: [row('c', '2026-01-05')] })
    const batch = { stage, also: [], covered: [], mayHold: null, reread: [], readAt: 1 }
    await anew.aside().load(batch, never)
    await anew.aside().complete(1, never)
    await target().check(declared, never)
    expect(await list()).toEqual(['c 1'])
    expect(february).not.toBe('')
  })

  it('is refused in the folder of another table, of another format, and where the manifest is spoilt', async () => {
    await load([row('a', '2026-01-05')], { table: { schema: null, name: 'k' } })
    await expect(target().check(declared, never)).rejects.toThrow(
      /"k" is a table, so "k.events" cannot be in/,
    )
    const outer = target({ table: { schema: null, name: 'k' } })
    await load([row('a', '2026-01-05')])
    await expect(outer.check(declared, never)).rejects.toThrow(/was not written by sluice/)
    const own = join(folder, 'k/events/_sluice')
    const [manifest = ''] = readdirSync(own)
    writeFileSync(join(own, manifest), JSON.stringify({ storeVersion: 1, format: 'csv' }))
    await expect(target().state()).rejects.toThrow(/is a table of csv files.*Write "csv:\/\/\/…"/)
    writeFileSync(join(own, manifest), '{')
    await expect(target().state()).rejects.toThrow(/manifest in .* cannot be read. Restore it from a backup/)
  })
})
