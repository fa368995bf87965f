import { createHash } from 'node:crypto'
import { copyFileSync, readdirSync, rmSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Resource } from '../../src/sandbox/index.ts'
import { shadowOf } from '../../src/destinations/sql/shadow.ts'
import { tinyShop } from '../sandbox/tiny-shop.ts'
import { openBench } from './bench.ts'
import type { Bench, BenchOptions } from './bench.ts'
import { countOf, expectTruth, query } from './truth.ts'

const ROWS = 1_600
const TAGS = 200
const startS = Date.UTC(2025, 0, 1) / 1000
const events = Array.from({ length: ROWS }, (_, index) => ({ timeS: startS + index * 60 }))
const tags = Array.from({ length: TAGS }, (_, index): Resource => {
  const id = `0000000-${String(index).padStart(4, '0')}`
  return { type: 'tag', id, attributes: { name: `tag ${index}` }, relationships: {} }
})
const shop = tinyShop({ events, resources: tags })

const at200 = { source: { revision: '2025-10-15' }, intervalStart: '2024-12-01', extractParallelism: 2 }
/** Of each kind of read: what is asked for, and whether it starts from a table that is there. */
const KINDS: Readonly<Record<string, Readonly<{ table: string; filled: boolean; options: BenchOptions }>>> = {
  windowed: { table: 'events', filled: false, options: at200 },
  append: { table: 'events', filled: false, options: { ...at200, incrementalStrategy: 'append' } },
  refresh: { table: 'events', filled: true, options: { ...at200, fullRefresh: true } },
  snapshot: { table: 'tags', filled: true, options: {} },
}

test.each(
  ['[a]*?{b}~ file:x', '~', '[!a]', "it's", 'a\\b'].flatMap((name) =>
    ['windowed', 'snapshot'].map((kind) => [name, kind] as const),
  ),
)('a state folder named %j: %s', async (name, kind) => {
  const { table, options } = KINDS[kind] ?? expect.fail()
  await using bench = await openBench({ shop, gzip: name.length % 2 === 0 })
  const { failures } = await bench.ingest(table, {
    ...options,
    stateFolder: join(bench.folder, name, 'state'),
  })
  expect(failures.map(({ error }) => String(error))).toEqual([])
  await expectTruth(bench.sandbox, bench.file, { source: table, target: `k.${table}` })
  await expectHonest(bench, table)
})

test.each(Object.keys(KINDS))('a state folder that no shell has expanded: %s', async (kind) => {
  const { table, options } = KINDS[kind] ?? expect.fail()
  await using bench = await openBench({ shop })
  const env = { HOME: bench.folder, SLUICE_STATE_DIR: '~/its state' }
  // Empty is as good as not given.
  const { failures } = await bench.ingest(table, { ...options, stateFolder: '', env })
  expect(failures.map(({ error }) => String(error))).toEqual([])
  await expectTruth(bench.sandbox, bench.file, { source: table, target: `k.${table}` })
  expect(readdirSync(join(bench.folder, 'its state'))).toContain('landing')
})

test('a state folder whose name DuckDB cannot be told is refused, not read as empty', async () => {
  await using bench = await openBench({ shop })
  const { failures } = await bench.ingest('events', { ...at200, stateFolder: join(bench.folder, '\\[a]') })
  expect(String(failures[0]?.error)).toMatch(/DuckDB cannot be told of the folder of .* Set SLUICE_STATE_DIR/)
  await expectHonest(bench, 'events')
})

const WHERE = ['landing', 'scratch'] as const
const HOW = ['deleted', 'cut short', 'exchanged', 'emptied'] as const

/** Does to a page file what nobody should. */
function tamper(folder: string, how: (typeof HOW)[number], random: (below: number) => number): boolean {
  try {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\d\.json(\.gz)?$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
    const [file, other] = [files[random(files.length)], files[random(files.length)]]
    if (file === undefined || other === undefined) return false
    if (how === 'deleted') rmSync(file)
    else if (how === 'cut short') truncateSync(file, 200 + random(2_000))
    else if (how === 'emptied') truncateSync(file, 0)
    else if (file === other) return false
    else copyFileSync(other, file)
    return true
  } catch {
    return false // it was gone before we came
  }
}

/** Every row that the coverage says is there is there. */
async function expectHonest(bench: Bench, table: string): Promise<void> {
  if (table === 'tags') {
    expect(await countOf(bench.file, 'k.tags', '_sluice_deleted_at is null')).toBe(TAGS)
    return
  }
  const has = async (relation: string): Promise<boolean> =>
    (
      await query(
        bench.file,
        `select 1 from duckdb_tables() where concat(schema_name, '.', table_name) = '${relation}'`,
      ).catch(() => [])
    ).length > 0
  if (!(await has('_sluice.coverage'))) return
  for (const target of ['k.events', `k.${shadowOf({ schema: 'k', name: 'events' }, 'shop').name}`]) {
    const covered = await query(
      bench.file,
      `select epoch(from_at) as a, epoch(to_at) as b from _sluice.coverage where target = '${target}'`,
    )
    const claimed = events.filter(({ timeS }) =>
      covered.some(({ a, b }) => Number(a) <= timeS && timeS < Number(b)),
    ).length
    if (claimed === 0) continue
    const within = covered.map(({ a, b }) => `(epoch(datetime) >= ${a} and epoch(datetime) < ${b})`)
    expect(await countOf(bench.file, target, within.join(' or ')), target).toBe(claimed)
  }
}

/** `npm run chaos` tries every way of tampering, so many times; without it each kind of run and place meets one. */
const ROUNDS = Number(process.env['SLUICE_TAMPER_ROUNDS'] ?? 0)
const isTried = (index: number): boolean =>
  ROUNDS > 0 || index % HOW.length === Math.floor(index / HOW.length) % HOW.length

test.each(
  Object.keys(KINDS)
    .flatMap((kind) => WHERE.flatMap((where) => HOW.map((how) => [kind, where, how] as const)))
    .filter((_, index) => isTried(index)),
)('%s, a page in %s is %s: all of it or an error, never a claim too much', async (kind, where, how) => {
  const { table, filled, options } = KINDS[kind] ?? expect.fail()
  const target = `k.${table}`
  const random = randomFrom(`${kind} ${where} ${how}`)
  for (let round = 0; round < Math.max(1, ROUNDS); round++) {
    await using bench = await openBench({ shop, gzip: round % 2 === 0, latencyMs: 1 })
    if (filled) expect((await bench.ingest(table, { ...options, fullRefresh: false })).failures).toEqual([])
    let left = 1 + random(2)
    let wait = random(12)
    const strike = (): void => {
      if (left > 0 && wait-- <= 0 && tamper(join(bench.stateFolder, where), how, random)) left -= 1
    }
    const timer = setInterval(strike, 1)
    const run = await bench.ingest(table, {
      ...options,
      tuning: { batches: { maxBytes: 1 + random(400_000), commitEveryMs: 50 } },
      onEvent: ({ type }) => {
        if (type === 'page received' || type === 'batch committed') strike()
      },
    })
    clearInterval(timer)
    const told = run.failures.map(({ error }) => String(error))
    for (const sentence of told) expect(sentence).toMatch(/[Rr]un the same command again/)
    await expectHonest(bench, table)
    if (told.length === 0) await expectTruth(bench.sandbox, bench.file, { source: table, target })
    const again = await bench.ingest(table, options)
    expect(again.failures.map(({ error }) => String(error))).toEqual([])
    expect(await expectTruth(bench.sandbox, bench.file, { source: table, target })).toBe(
      table === 'tags' ? TAGS : ROWS,
    )
    expect(await bench.landed()).toEqual([])
  }
})

/** A linear congruential generator: the same words give the same rounds. */
function randomFrom(words: string): (below: number) => number {
  let state = createHash('sha256').update(words).digest().readUInt32LE() % 2 ** 31
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return below === 0 ? 0 : (state >>> 8) % below
  }
}
