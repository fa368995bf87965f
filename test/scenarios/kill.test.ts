import { beforeAll, expect, test } from 'vitest'
import { tinyShop } from '../sandbox/tiny-shop.ts'
import { openBench } from './bench.ts'
import { buildCli, startCli } from './cli.ts'
import type { CliRun } from './cli.ts'
import { expectTruth } from './truth.ts'

const KILLS = 50
/** At this revision events come at 200 a page, as many as the service likes. */
const AT_200_A_PAGE = { revision: '2025-10-15' }
const WORDS = ['--interval-start', '2020-01-01', '--extract-parallelism', '4']
/** From the answer's last byte to the page's final name on disk, at most. */
const LANDS_WITHIN_MS = 80
const TIES = 500
const DAY = 86_400

/** Half of the rows within the lookback, four in every second, and one second with more than a page of them. */
function history(rows: number): readonly Readonly<{ timeS: number }>[] {
  const nowS = Math.floor(Date.now() / 1000)
  return Array.from({ length: rows }, (_, index) => ({
    timeS:
      index < TIES ? nowS - 20 * DAY : nowS - 14 * DAY + Math.floor(((index / rows) * 13 * DAY) / 100) * 100,
  }))
}

beforeAll(buildCli)

test(
  `killed ${KILLS} times at random moments and started again with the same words: nothing is lost, nothing twice`,
  { timeout: 180_000 },
  async () => {
    const events = history(40_000)
    const random = randomFrom(20_260_801)
    let open = 0
    await using bench = await openBench({
      shop: tinyShop({ events, profiles: events.slice(0, 3_000).map(({ timeS }) => timeS * 1e6 + 5) }),
      onRequest: async () => {
        open += 1
        await pause(60 + random(80))
        setTimeout(() => (open -= 1), LANDS_WITHIN_MS)
      },
    })
    const { sandbox, stateFolder } = bench
    const run = (): CliRun =>
      startCli(bench.words('events,profiles', AT_200_A_PAGE, ...WORDS), { stateFolder })
    // Each run asks whose key it is before anything else.
    const requests = (): number => {
      const { total, operations } = sandbox.stats()
      return total.requests - (operations['get_accounts']?.requests ?? 0)
    }
    let inFlight = 0
    for (let kills = 0; kills < KILLS; kills++) {
      const before = requests()
      const { child, done } = run()
      // A third of them while it starts or loads what was left, the others while it reads and loads.
      if (kills % 3 === 0) await pause(random(350))
      else {
        while (requests() === before && child.exitCode === null) await pause(2)
        await pause(random(350))
      }
      inFlight += open
      child.kill('SIGKILL')
      const { signal, stdout, stderr } = await done
      expect(signal, stdout + stderr).toBe('SIGKILL')
    }
    expect(await run().done).toMatchObject({ code: 0 })
    expect(await expectTruth(sandbox, bench.file, { source: 'events', target: 'k.events' })).toBe(40_000)
    expect(await expectTruth(sandbox, bench.file, { source: 'profiles', target: 'k.profiles' })).toBe(3_000)
    expect(await bench.landed()).toEqual([])

    const { get_events: eventPages, get_profiles: profilePages } = sandbox.stats().operations
    const pages = 40_000 / 200 + 3_000 / 100
    const read = (eventPages?.rows ?? 0) / 200 + (profilePages?.rows ?? 0) / 100
    // Where windows were cut in two, the earlier half reads on to the end of its page, killed or not.
    expect(read - pages, `${pages} pages, ${read} read`).toBeLessThanOrEqual(inFlight + pages * 0.1)
  },
)

const pause = (ms: number): Promise<void> => new Promise((wake) => setTimeout(wake, ms))

/** A linear congruential generator: the same seed kills at about the same moments. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return (state >>> 8) % below
  }
}
