import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildCli } from '../scenarios/cli.ts'
import { countOf } from '../scenarios/truth.ts'

const root = resolve(import.meta.dirname, '../..')
let folder: string
let example: string

beforeAll(async () => {
  buildCli()
  folder = await mkdtemp(join(tmpdir(), 'sluice-library-'))
  example = await exampleOf('docs/library.md')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function exampleOf(page: string): Promise<string> {
  const block = /^```ts\n([^]*?)^```$/m.exec(await readFile(join(root, page), 'utf8'))?.[1]
  if (block === undefined) throw new Error(`${page} has no example`)
  return block
}

/** Runs the documented text, but for the file that it names, as a module of this package. */
async function run(documented = example) {
  const text = documented.replace('duckdb:///shop.duckdb', `duckdb:///${join(folder, 'shop.duckdb')}`)
  const child = spawn(process.execPath, ['--input-type=module'], {
    // A module that is read from standard input lives in the current directory, so "sluice" is this package.
    cwd: root,
    env: { PATH: process.env['PATH'], SLUICE_STATE_DIR: join(folder, 'state') },
  })
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text
    })
  child.stdin.end(text)
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, ...output, lines: output.stdout.trimEnd().split('\n') }
}

test('the example of docs/library.md runs as it stands', async () => {
  const first = await run()
  expect(first).toMatchObject({ code: 0, stderr: '' })
  expect(first.lines[0]).toMatch(/^(events|profiles): \d+ more rows are in$/)
  expect(first.lines.at(-2)).toMatch(/^events: \d+ new rows with \d+ requests$/)
  expect(first.lines.at(-1)).toMatch(/^profiles: 500 new rows with \d+ requests$/)
  expect(await countOf(join(folder, 'shop.duckdb'), 'klaviyo.profiles')).toBe(500)
})

test('the example of docs/sandbox.md runs as it stands', async () => {
  const { code, stderr, lines } = await run(await exampleOf('docs/sandbox.md'))
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  // Some of the events become visible days after they happened.
  expect(Number(lines[0])).toBeGreaterThan(5_000)
  expect(Number(lines[0])).toBeLessThanOrEqual(5_100)
})

test('its types hold against what the package exports', async () => {
  // Beside the sources, where "sluice" is this package for the compiler too.
  const file = join(root, 'test/library', `.example-${process.pid}.ts`)
  await writeFile(file, example)
  try {
    const { status, stdout } = spawnSync(
      process.execPath,
      [
        resolve(root, 'node_modules/typescript/bin/tsc'),
        ...'--noEmit --strict --target es2023 --module nodenext --types node --ignoreConfig'.split(' '),
        file,
      ],
      { encoding: 'utf8', cwd: dirname(file) },
    )
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' })
  } finally {
    await rm(file)
  }
})
