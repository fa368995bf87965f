import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestContext } from 'vitest'
import { cover, gaps, settled } from '../../src/model/coverage.ts'
import type { Coverage } from '../../src/model/coverage.ts'
import { STORE_VERSION } from '../../src/destinations/sql/store/tables.ts'
import { findTable } from '../../src/klaviyo/catalog/catalog.ts'
import type { Sandbox } from '../../src/sandbox/index.ts'
import { postgresPlace } from '../conformance/postgres-place.ts'
import { buildCli, runCli } from '../scenarios/cli.ts'
import type { CliResult } from '../scenarios/cli.ts'
import { expectTruth } from '../scenarios/truth.ts'
import type { Expected, Job } from './expected.ts'
import { frozenSandbox } from './frozen-sandbox.ts'
import type { Asked } from './frozen-sandbox.ts'
import { fingerprintsOf, restoreDuckDb, restorePostgres } from './restore.ts'
import type { Restored } from './restore.ts'
import { describeStore } from './lib/describe.mjs'

/** Stores of every version that changed them; see make-store.mjs. */
const versions = ['v1']
const HOUR_MS = 3_600_000
/** One table of each kind of run. */
const KINDS = ['k.tags', 'k.events_replaced', 'k.events_killed', 'k.events_refreshed']
const SHADOW = '__sluice_refresh'
const clock = new URL('lib/clock.mjs', import.meta.url).href

let postgres: Awaited<ReturnType<typeof postgresPlace>> = { unavailable: 'not started' }
beforeAll(async () => {
  buildCli()
  postgres = await postgresPlace()
})
afterAll(async () => {
  if (!('unavailable' in postgres)) await postgres.close()
})

const kinds: Readonly<Record<string, (version: string, context: TestContext) => Promise<Restored>>> = {
  duckdb: (version) => Promise.resolve(restoreDuckDb(version)),
  postgresql: (version, context) =>
    'unavailable' in postgres ? context.skip(postgres.unavailable) : restorePostgres(version, postgres.uri),
}

describe.each(versions)('a store of %s', (version) => {
  describe.each(Object.entries(kinds))('%s', (_, restore) => {
    test('is what it is said to be', async (context) => {
      using store = await restore(version, context)
      const { endsAtMs: _ends, landed, ...expected } = store.expected
      expect(await describeStore(store.ask)).toEqual(expected)
      const left = landedIn(store).filter((line) => line.includes('.json.gz '))
      expect(left.length).toBe(landed.flatMap(({ pages }) => pages).length)
    })

    test(
      'goes on: nothing is read twice, no coverage is lost, what was killed is finished',
      { timeout: 120_000 },
      async (context) => {
        using store = await restore(version, context)
        const { expected, jobs } = store
        // Within a day a killed run that is asked for again goes on where it was.
        const { sandbox, asked } = await frozenSandbox(expected.endsAtMs + 5 * HOUR_MS)
        await using _closing = sandbox
        change(sandbox)
        const [together, alone] = [jobs.filter(isPlain), jobs.filter((job) => !isPlain(job))]
        expect(carriedOver((await goOn(allOf(together), store, sandbox)).stdout)).toEqual([
          { from: expected.storeVersion, to: STORE_VERSION },
        ])
        for (const job of together) expectNothingTwice(job, expected, asked)
        for (const job of alone) {
          asked.length = 0
          const { stdout } = await goOn(job, store, sandbox)
          expect(carriedOver(stdout)).toEqual([])
          if (job.rereads !== true) expectNothingTwice(job, expected, asked)
          const waiting = expected.landed.find(({ target }) => target === job.target)
          if (waiting === undefined) continue
          expect(planOf(stdout), job.target).toMatchObject({
            resumed: true,
            replayedPages: waiting.pages.length,
          })
          // A run that goes on does not look back a second time; the next one does.
          await goOn({ ...job, flags: job.flags.filter((flag) => flag !== '--full-refresh') }, store, sandbox)
        }

        const after = await describeStore(store.ask)
        expect(after.storeVersion).toBe(STORE_VERSION)
        expect(after.unfinished).toEqual([])
        expect(Object.keys(after.rows).filter((name) => name.includes('__sluice_'))).toEqual([])
        for (const { from_at, to_at, ...scope } of expected.coverage) {
          if (scope.target.endsWith(SHADOW)) continue
          const held = coverageOf(after.coverage, scope)
          expect(gaps(held, { from: from_at, to: to_at }), `${scope.target} ${scope.pass}`).toEqual([])
        }
        expect(after.snapshots.map(({ target, account }) => `${target} ${account}`)).toEqual(
          expected.snapshots.map(({ target, account }) => `${target} ${account}`),
        )
        expect(await namesOf(store)).toEqual(['kuesten', 'moss'])
        expect(await flattened(store)).toEqual(jobs.filter(isFlat).map(({ target }) => target))
        for (const job of jobs) await expectTruth(sandbox, store.ask, truthOf(job))
        expect(landedIn(store)).toEqual([])
      },
    )

    test(
      'of a version that is still to come is left alone, and so is the state folder',
      { timeout: 60_000 },
      async (context) => {
        using store = await restore(version, context)
        const { expected, jobs } = store
        await store.run('update _sluice.meta set store_version = 1000')
        const { sandbox } = await frozenSandbox(expected.endsAtMs + HOUR_MS)
        await using _closing = sandbox
        const before = await store.fingerprints()
        const stateBefore = landedIn(store)
        const [first, ...others] = jobs
        if (first === undefined) throw new Error('There is nothing to ask for.')
        const asks = [
          first,
          ...others.filter(({ target }) => KINDS.includes(target)),
          { ...first, source: 'lists', target: 'k.lists' },
          { ...first, target: 'elsewhere.events' },
        ].map((job) => ['ingest', ...wordsOf(job, store, sandbox)])
        asks.push(['estimate', ...wordsOf(first, store, sandbox)])
        for (const words of asks) {
          const { code, stderr } = await sluice(store, sandbox, words)
          expect(code, words.join(' ')).not.toBe(0)
          expect(stderr, words.join(' ')).toMatch(
            /was written by a newer version of sluice\. Update sluice and run the same command again\./,
          )
        }
        // Whose key it is may be asked before the destination is opened, rows may not.
        const { get_accounts: _who, ...tables } = sandbox.stats().operations
        expect(tables).toEqual({})
        const after = await store.fingerprints()
        expect(after.filter((line) => !before.includes(line))).toEqual([])
        expect(before.filter((line) => !after.includes(line))).toEqual([])
        expect(landedIn(store)).toEqual(stateBefore)
      },
    )
  })
})

/** What waits in the state folder. What is left of the scratch of a killed process is nobody's. */
const landedIn = ({ stateFolder }: Restored): readonly string[] =>
  fingerprintsOf(join(stateFolder, 'landing'))

/** Does what the job asks for, to the end. */
async function goOn(job: Job, store: Restored, sandbox: Sandbox): Promise<CliResult> {
  const result = await sluice(store, sandbox, ['ingest', ...wordsOf(job, store, sandbox)])
  expect({ code: result.code, stderr: result.stderr }, job.target).toEqual({ code: 0, stderr: '' })
  return result
}

/** Runs the command line at the sandbox's moment. */
const sluice = (store: Restored, sandbox: Sandbox, words: readonly string[]): Promise<CliResult> =>
  runCli(words[0] === 'ingest' ? [...words, '--progress', 'json'] : words, {
    stateFolder: store.stateFolder,
    env: { NODE_OPTIONS: `--import=${clock}`, SLUICE_TEST_NOW: String(sandbox.clock.now()) },
  })

function wordsOf(job: Job, { uri }: Restored, sandbox: Sandbox): readonly string[] {
  const key = job.account === 1 ? 'pk_test' : `pk_test_${job.account}`
  const source = `klaviyo://?api_key=${key}&base_url=${sandbox.url}&account=${job.alias}&revision=2026-07-15`
  return [
    ['--source-uri', source, '--source-table', job.source],
    ['--dest-uri', uri, '--dest-table', job.target, ...job.flags],
  ].flat()
}

/** New rows, late ones, changed ones and such as are gone: the store does not just stand still. */
function change(sandbox: Sandbox): void {
  const changes = sandbox.changes()
  const nowS = Math.floor(sandbox.clock.now() / 1000)
  const idsOf = (type: string): readonly string[] =>
    [...sandbox.truth(type)].map((text) => (JSON.parse(text) as { id: string }).id)
  for (const [name, atS] of [
    ['new', nowS - 1_800],
    ['late', nowS - 2 * 86_400],
  ] as const)
    changes.insertEvent({ id: `7z${name}`, atS, profileId: idsOf('profile')[0] ?? '' })
  changes.touchProfile(idsOf('profile')[7] ?? '')
  changes.updateResource('campaign', idsOf('campaign')[4] ?? '', { name: 'Renamed again' })
  changes.updateResource('tag', idsOf('tag')[3] ?? '', { name: 'renamed' })
  changes.deleteResource('catalog-item', idsOf('catalog-item')[5] ?? '')
}

/** Tables that are asked for by name alone, all of one account. */
const isPlain = ({ account, source, target, flags }: Job): boolean =>
  account === 1 && flags.length === 0 && target === `k.${source.replaceAll('-', '_')}`

/** One run for several tables. */
const allOf = (jobs: readonly Job[]): Job => ({
  account: 1,
  alias: 'moss',
  source: jobs.map(({ source }) => source).join(','),
  target: 'k.*',
  flags: [],
})

function expectNothingTwice(job: Job, expected: Expected, asked: readonly Asked[]): void {
  const known = knownOf(job, expected)
  const windows = asked.filter(({ operation }) => operation === `get_${job.source.replaceAll('-', '_')}`)
  expect(windows, `${job.target}, read at all`).not.toEqual([])
  const twice = windows.filter((window) => overlaps(known, window))
  expect(twice, `${job.target}, read twice`).toEqual([])
}

/** What the runs say of it. */
const carriedOver = (stdout: string): readonly unknown[] =>
  stdout
    .split('\n')
    .filter((line) => line.includes('"type":"store carried over"'))
    .map((line) => JSON.parse(line) as Readonly<{ from: number; to: number }>)
    .map(({ from, to }) => ({ from, to }))

/** Names of which the store has noted what account they are of. */
const namesOf = async ({ ask }: Restored): Promise<readonly unknown[]> =>
  (await ask('select distinct name from _sluice.accounts order by name')).map(({ name }) => name)

const isFlat = ({ flags }: Job): boolean => flags.includes('--flatten')

/** Targets that are noted to have been loaded with `--flatten`. */
const flattened = async ({ ask }: Restored): Promise<readonly unknown[]> =>
  (await ask(`select target from _sluice.targets where made_of like '%"flatten":true%' order by target`)).map(
    ({ target }) => target,
  )

type Plan = Readonly<{ resumed?: boolean; replayedPages?: number }>

function planOf(stdout: string): Plan | null {
  const line = stdout.split('\n').find((each) => each.includes('"type":"table planned"'))
  return line === undefined ? null : (JSON.parse(line) as { plan: Plan }).plan
}

const coverageOf = (
  rows: Expected['coverage'],
  { account, target, pass }: Readonly<{ account: string; target: string; pass: string }>,
): Coverage =>
  rows
    .filter((row) => row.account === account && row.target === target && row.pass === pass)
    .map((row) => ({ from: row.from_at, to: row.to_at, readAt: row.read_at }))

/** What need not be read again: what every pass of the job's table covers, pages that have landed included. */
function knownOf(job: Job, { coverage, unfinished, landed }: Expected): Coverage {
  const { cursor, passes } = findTable(job.source)
  const target = job.flags.includes('--full-refresh') ? `${job.target}${SHADOW}` : job.target
  const isResumed = unfinished.some((each) => each.target === target && each.account === job.alias)
  const pages = landed.filter((each) => isResumed && each.target === job.target).flatMap((each) => each.pages)
  const each = passes.map(({ name: pass }) => {
    const held = coverageOf(coverage, { account: job.alias, target, pass })
    const trusted = isResumed ? held : settled(held, cursor?.lookbackSeconds ?? 0)
    return pages.reduce((sum, { from, to }) => cover(sum, { from, to, readAt: 0 }), trusted)
  })
  const missing = each.flatMap((held) => gaps(held, { from: 0, to: Number.MAX_SAFE_INTEGER }))
  const all = missing.reduce<Coverage>((sum, gap) => cover(sum, { ...gap, readAt: 0 }), [])
  return gaps(all, { from: 0, to: Number.MAX_SAFE_INTEGER }).map((window) => ({ ...window, readAt: 0 }))
}

const overlaps = (known: Coverage, { from, to }: Readonly<{ from: number; to: number }>): boolean =>
  known.some((piece) => piece.from < to && from < piece.to)

/** How the job's table is held against the sandbox: the newest version of each row that has not gone. */
function truthOf({ source, target, account, alias, flags }: Job): Parameters<typeof expectTruth>[2] {
  const isSnapshot = findTable(source).cursor === null
  const newest = `(select distinct on (id) * from ${target} order by id, updated desc) as newest`
  return {
    source,
    account,
    target: flags.includes('append') ? newest : target,
    where: `_sluice_account = '${alias}'${isSnapshot ? ' and _sluice_deleted_at is null' : ''}`,
    flatten: flags.includes('--flatten'),
  }
}
