import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { demoCommand } from '../../src/cli/demo/demo.ts'
import { buildCli } from '../scenarios/cli.ts'
import { countOf } from '../scenarios/truth.ts'
import { bin } from './place.ts'

/** What `sandbox` and `demo` print to be typed is typed here, letter for letter, into a shell in the same folder. */
let folder: string
let env: Record<string, string>
beforeAll(buildCli)
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-printed-'))
  await mkdir(join(folder, 'bin'))
  env = {
    PATH: `${join(folder, 'bin')}:${process.env['PATH']}`,
    HOME: folder,
    SLUICE_STATE_DIR: join(folder, 'state'),
  }
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const type = (line: string): Readonly<{ status: number | null; stdout: string; stderr: string }> =>
  spawnSync('/bin/sh', ['-c', line], { cwd: folder, env, encoding: 'utf8' })

/** Types a line that goes on until it is stopped; its output up to a line that ends it. */
async function keep(line: string, last: RegExp) {
  // A group of its own, to be stopped as by Ctrl-C: all processes in it get the signal.
  const child = spawn('/bin/sh', ['-c', `exec ${line}`], {
    cwd: folder,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines: string[] = []
  for await (const text of createInterface({ input: child.stdout })) {
    lines.push(text)
    if (last.test(text)) break
  }
  child.stdout.resume()
  const stop = async (): Promise<number | null> => {
    const ended = once(child, 'exit')
    process.kill(-(child.pid ?? 0), 'SIGINT')
    const [code] = (await ended) as [number | null]
    return code
  }
  return { lines, stop }
}

/** The commands in a text: lines set in by two blanks or more below one that ends in "with". */
const commandsIn = (lines: readonly string[]): readonly string[] =>
  lines
    .join('\n')
    .split('\n\n')
    .filter((block) => / with\n/.test(block))
    .map((block) => block.slice(block.indexOf('\n') + 1))

describe('sluice sandbox', () => {
  const clone = async (): Promise<void> => symlink(join(bin, '..'), join(folder, 'dist'))
  const onPath = async (): Promise<void> => symlink(bin, join(folder, 'bin/sluice'))
  const dependency = async (): Promise<void> => {
    await mkdir(join(folder, 'node_modules/.bin'), { recursive: true })
    await symlink(bin, join(folder, 'node_modules/.bin/sluice'))
  }
  test.for([
    ['in a clone', 'node dist/bin.js', clone],
    ['installed', 'sluice', onPath],
    ['through npx', 'npx sluice', dependency],
  ] as const)('prints what can be typed %s', { timeout: 90_000 }, async ([, own, install]) => {
    await install()
    const { lines, stop } = await keep(
      `${own} sandbox --port 0 --events 3000 --profiles 100 --limits off`,
      /^Stop/,
    )
    const commands = commandsIn(lines)
    expect(commands.map((command) => command.trim().split(' ')[0])).toEqual([own.split(' ')[0], 'curl'])
    const [read = '', add = ''] = commands
    expect(read.trim().startsWith(`${own} ingest --source-uri `)).toBe(true)

    expect(type(read)).toMatchObject({ status: 0 })
    const before = await countOf(join(folder, 'shop.duckdb'), 'klaviyo.events')
    expect(before).toBeGreaterThan(2_900)
    const added = type(add)
    expect((JSON.parse(added.stdout) as { ids: readonly string[] }).ids).toHaveLength(1_000)
    expect(type(read)).toMatchObject({ status: 0 })
    expect(await countOf(join(folder, 'shop.duckdb'), 'klaviyo.events')).toBe(before + 1_000)
    // npx itself is killed by the signal; the sandbox below it ends as always.
    expect(await stop()).toBe(own === 'npx sluice' ? null : 0)
    await expect(fetch(`${/http:[^ ]*/.exec(lines[0] ?? '')?.[0]}/sandbox`)).rejects.toThrow('fetch failed')
  })

  test('names every account, and is gone when it is stopped', async () => {
    await clone()
    const { lines, stop } = await keep('node dist/bin.js sandbox --port 0 --accounts 2 --latency 1', /^Stop/)
    expect(lines.join('\n')).toContain('pk_test_2')
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(lines.join('\n'))?.[0] ?? ''
    expect((await fetch(`${url}/sandbox`)).status).toBe(200)
    expect(await stop()).toBe(0)
    await expect(fetch(`${url}/sandbox`)).rejects.toThrow('fetch failed')
  })
})

test(
  'sluice demo: a file that any DuckDB can ask, and a command that does it all again',
  { timeout: 180_000 },
  async () => {
    await symlink(join(bin, '..'), join(folder, 'dist'))
    const printed: string[] = []
    const note = (line: string): void => void printed.push(...line.split('\n'))
    const size = { columns: 100, rows: 24 }
    await demoCommand(
      {
        folder: join(folder, 'my demo'),
        program: bin,
        own: 'node dist/bin.js',
        events: 3_000,
        profiles: 300,
      },
      {
        print: note,
        tell: () => undefined,
        isInteractive: false,
        size: () => size,
        width: () => size.columns,
        printed: () => Promise.resolve(null),
        openFrame: () => Promise.reject(new Error('nobody watches')),
      },
    )
    const file = join(folder, 'my demo/shop.duckdb')
    expect(await countOf(file, 'klaviyo.events')).toBeGreaterThan(7_000)
    expect(printed.join('\n')).toContain(`The data is in "${file}".`)
    const again = printed.at(-1)?.trim() ?? ''
    expect(again).toMatch(/^node dist\/bin\.js demo/)
    const { lines, stop } = await keep(again, /A local Klaviyo with 200,000 events/)
    expect(lines).toHaveLength(1)
    await stop()
  },
)
