import { spawn, spawnSync } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { lock } from '../../src/landing/lock.ts'
import { tinyShop } from '../sandbox/tiny-shop.ts'
import { openBench } from './bench.ts'
import { buildCli, startCli } from './cli.ts'
import { expectTruth } from './truth.ts'

const ROWS = 3_000
const startS = Date.UTC(2025, 0, 1) / 1000
const shop = tinyShop({
  events: Array.from({ length: ROWS }, (_, index) => ({ timeS: startS + index * 60 })),
  profiles: Array.from({ length: 500 }, (_, index) => (startS + index) * 1e6),
})

/** Process numbers of its own, as a container has them. */
const CONTAINED = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc']
const [program = '', ...words] = CONTAINED
const mayContain = spawnSync(program, [...words, 'true']).status === 0
const contained = `exec ${CONTAINED.join(' ')} "$@"`

beforeAll(buildCli)

describe.skipIf(!mayContain)(
  'with process numbers of their own (skipped where "unshare --pid" may not be used)',
  () => {
    test.each([
      ['one of them', undefined],
      ['both', contained],
    ])(
      'two runs share a state folder, %s in a container: neither takes anything from the other',
      async (_, shell) => {
        const gate = { held: true }
        let asked = 0
        await using bench = await openBench({
          shop,
          onRequest: async ({ url }) => {
            asked += 1
            while (gate.held && url.pathname.includes('events')) await sleep(10)
            return null
          },
        })
        const { sandbox, stateFolder } = bench
        const source = { revision: '2025-10-15' }
        const first = startCli(bench.words('events', source), {
          stateFolder,
          ...(shell === undefined ? {} : { shell }),
        })
        await expect.poll(() => asked, { timeout: 20_000 }).toBeGreaterThan(0)
        const scratch = await readdir(join(stateFolder, 'scratch'))
        expect(scratch).toHaveLength(1)
        const file = join(bench.folder, 'other.duckdb')
        const into = bench
          .words('profiles', source)
          .map((word) => (word.startsWith('duckdb:') ? `duckdb:///${file}` : word))
        const second = await startCli(into, { stateFolder, shell: contained }).done
        expect(second.code, second.stderr).toBe(0)
        expect(await readdir(join(stateFolder, 'scratch'))).toEqual(scratch)
        gate.held = false
        const { code, stderr } = await first.done
        expect(code, stderr).toBe(0)
        expect(await expectTruth(sandbox, bench.file, { source: 'events', target: 'k.events' })).toBe(ROWS)
        expect(await expectTruth(sandbox, file, { source: 'profiles', target: 'k.profiles' })).toBe(500)
        expect(await bench.landed()).toEqual([])
      },
    )

    test('a lock that is held in a container holds outside, until that has been killed for a while', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'sluice-contained-'))
      const at = join(folder, 'table')
      const script = `import(${JSON.stringify(resolve('dist/landing/lock.js'))})
      .then(({ lock }) => lock(${JSON.stringify(at)}, 'it'))
      .then(() => { console.log('held'); setInterval(() => {}, 1000) })`
      const child = spawn(program, [...words, process.execPath, '-e', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      try {
        await new Promise((done) => child.stdout.once('data', done))
        await sleep(3_000)
        const quick = { everyMs: 2_000, goneAfterMs: 6_000 }
        await expect(lock(at, 'it', quick)).rejects.toThrow(
          'A run in another container or on another host is loading it',
        )
        child.kill('SIGKILL')
        await expect(lock(at, 'it', quick)).rejects.toThrow('was killed there less than half a minute ago')
        await sleep(7_000)
        await using taken = await lock(at, 'it', quick)
        void taken
      } finally {
        child.kill('SIGKILL')
        await rm(folder, { recursive: true, force: true })
      }
    })
  },
)
