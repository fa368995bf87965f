// What happens to a store before it is kept: every kind of state that there is, in one schema, of two accounts.
import { startCli } from './cli.mjs'
import { DAY_MS, openSandbox } from './sandbox.mjs'

const MOSS = { account: 1, alias: 'moss' }
const KUESTEN = { account: 2, alias: 'kuesten' }
/** Rows of a page while a run is on its way to be killed. */
const SHARE_OF_A_PAGE = 0.02
const PAGES_COMMITTED = 4
const PAGES_LANDED = 2

const since = (start) => ['--interval-start', start]
const between = (start, end) => [...since(start), '--interval-end', end]
const by = (strategy) => ['--incremental-strategy', strategy]

/**
 * What a later version is asked for, one after the other, so that in the end everything is in. The first run of a
 * table that was killed is asked for in the words of the killed one.
 * `rereads`: it reads everything anew, by its nature.
 */
export const goesOn = [
  { ...MOSS, source: 'events', target: 'k.events', flags: since('2025-01-01') },
  { ...MOSS, source: 'events', target: 'k.events', flags: between('2023-06-01', '2025-01-01') },
  { ...MOSS, source: 'events', target: 'k.events', flags: since('2020-01-01') },
  { ...KUESTEN, source: 'events', target: 'k.events', flags: since('2020-01-01') },
  { ...MOSS, source: 'campaigns', target: 'k.campaigns', flags: [] },
  { ...MOSS, source: 'flows', target: 'k.flows', flags: [] },
  { ...MOSS, source: 'images', target: 'k.images', flags: [] },
  { ...MOSS, source: 'metrics', target: 'k.metrics', flags: [] },
  { ...MOSS, source: 'tags', target: 'k.tags', flags: [] },
  { ...KUESTEN, source: 'tags', target: 'k.tags', flags: [] },
  { ...MOSS, source: 'catalog-items', target: 'k.catalog_items', flags: [] },
  { ...MOSS, source: 'profiles', target: 'k.profiles', flags: [] },
  { ...MOSS, source: 'profiles', target: 'k.profiles_flat', flags: ['--flatten'] },
  { ...MOSS, source: 'profiles', target: 'k.profiles_versions', flags: by('append') },
  {
    ...MOSS,
    source: 'events',
    target: 'k.events_rewritten',
    flags: [...by('delete+insert'), ...since('2020-01-01')],
  },
  {
    ...MOSS,
    source: 'events',
    target: 'k.events_replaced',
    flags: [...by('replace'), ...since('2020-01-01')],
    rereads: true,
  },
  {
    ...MOSS,
    source: 'events',
    target: 'k.events_killed',
    flags: [...since('2020-01-01'), '--extract-parallelism', '3'],
  },
  {
    ...KUESTEN,
    source: 'events',
    target: 'k.events_refreshed',
    flags: [...since('2020-01-01'), '--full-refresh', '--extract-parallelism', '1'],
  },
]

/** Fills a destination, and ends with two killed runs. Resolves to the moment at which the last of them was killed. */
export async function makeHistory(place) {
  let onRequest = () => null
  const { sandbox, applyChanges } = await openSandbox((request) => onRequest(request))
  try {
    await tell({ ...place, sandbox, applyChanges, listen: (listener) => (onRequest = listener) })
    return sandbox.clock.now()
  } finally {
    await sandbox.close()
  }
}

async function tell({ destUri, stateFolder, sandbox, applyChanges, listen }) {
  const { clock } = sandbox

  const wordsOf = ({ account, alias, source, target, flags }) => {
    const key = account === 1 ? 'pk_test' : `pk_test_${account}`
    const uri = `klaviyo://?api_key=${key}&base_url=${sandbox.url}&account=${alias}&revision=2026-07-15`
    return [
      ['ingest', '--source-uri', uri, '--source-table', source],
      ['--dest-uri', destUri, '--dest-table', target, ...flags],
    ].flat()
  }
  const run = async (account, source, target, flags = []) => {
    const words = wordsOf({ ...account, source, target, flags })
    const { code, said } = await startCli(words, { stateFolder, nowMs: clock.now() }).done
    if (code !== 0) throw new Error(`${words.join(' ')}:\n${said}`)
    clock.advance(60_000)
  }
  /** A run that has committed some pages, has landed some more, and is killed while it waits for the next one. */
  const kill = async (job) => {
    let [asked, received] = [0, 0]
    const [committed, landed, never] = [deferred(), deferred(), deferred()]
    listen(async ({ operation }) => {
      if (operation !== 'get_events') return null
      asked += 1
      if (asked > PAGES_COMMITTED) await committed.promise
      if (asked > PAGES_COMMITTED + PAGES_LANDED) await never.promise
      return { kind: 'short page', share: SHARE_OF_A_PAGE }
    })
    const { child, done } = startCli(wordsOf(job), {
      stateFolder,
      nowMs: clock.now(),
      onEvent: ({ type }) => {
        if (type === 'batch committed') committed.resolve()
        if (type === 'page received' && ++received === PAGES_COMMITTED + PAGES_LANDED) landed.resolve()
      },
    })
    await Promise.race([landed.promise, done])
    child.kill('SIGKILL')
    const { signal, said } = await done
    never.resolve()
    listen(() => null)
    if (signal !== 'SIGKILL') throw new Error(`It ended before it was killed:\n${said}`)
    clock.advance(60_000)
  }
  const jobOf = (target) => goesOn.find((job) => job.target === target)

  // Two windows with a hole between them; another account in the same table, with a window of its own.
  await run(MOSS, 'events', 'k.events', between('2023-06-01', '2024-06-01'))
  await run(MOSS, 'events', 'k.events', since('2025-01-01'))
  await run(KUESTEN, 'events', 'k.events', since('2025-06-01'))
  await run(MOSS, 'campaigns,flows,images,metrics,tags,catalog-items,profiles', 'k.*')
  await run(KUESTEN, 'tags', 'k.tags')
  await run(MOSS, 'profiles', 'k.profiles_flat', ['--flatten'])
  await run(MOSS, 'profiles', 'k.profiles_versions', by('append'))
  await run(MOSS, 'events', 'k.events_rewritten', [
    ...by('delete+insert'),
    ...between('2025-01-01', '2026-09-01'),
  ])
  await run(MOSS, 'events', 'k.events_replaced', [...by('replace'), ...since('2026-01-01')])
  await run(MOSS, 'events', 'k.events_killed', since('2025-06-01'))
  await run(KUESTEN, 'events', 'k.events_refreshed', since('2020-01-01'))

  // Three days later some rows have changed, some have gone, and some events have come late.
  clock.advance(3 * DAY_MS)
  applyChanges()
  await run(MOSS, 'events', 'k.events', since('2025-01-01'))
  await run(MOSS, 'campaigns,flows,images,metrics,tags,catalog-items,profiles', 'k.*')
  await run(MOSS, 'profiles', 'k.profiles_flat', ['--flatten'])
  await run(MOSS, 'profiles', 'k.profiles_versions', by('append'))
  await run(MOSS, 'events', 'k.events_rewritten', [
    ...by('delete+insert'),
    ...between('2026-08-01', '2026-11-01'),
  ])
  await run(MOSS, 'events', 'k.events_replaced', [...by('replace'), ...since('2026-01-01')])

  await kill(jobOf('k.events_killed'))
  await kill(jobOf('k.events_refreshed'))
}

function deferred() {
  let resolve = () => undefined
  const promise = new Promise((settle) => (resolve = settle))
  return { promise, resolve }
}
