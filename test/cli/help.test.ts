import { beforeAll, expect, test } from 'vitest'
import { tmpdir } from 'node:os'
import { buildCli, runCli } from '../scenarios/cli.ts'

beforeAll(buildCli)

const run = (words: readonly string[]) => runCli(words, { stateFolder: tmpdir() })

test('--help lists every command', async () => {
  const { code, stdout, stderr } = await run(['--help'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  for (const command of ['ingest', 'estimate', 'tables', 'rename-account', 'sandbox', 'demo'])
    expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'))
})

test.each(['ingest', 'estimate', 'tables', 'rename-account', 'sandbox', 'demo'])(
  'sluice %s --help: usage, every option in words, examples, on stdout and within the page',
  async (command) => {
    const { code, stdout, stderr } = await run([command, '--help'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(new RegExp(`^Usage: sluice ${command} `))
    expect(stdout).toMatch(new RegExp(`^Examples?:[^]*\\$ sluice ${command}`, 'm'))
    const bare = stdout.split('\n').filter((line) => /^ {2}(-\w, )?--[\w-]+( <\w+>)?\s*$/.test(line))
    expect(bare).toEqual([])
    expect(stdout.split('\n').filter((line) => line.length > 110)).toEqual([])
    expect((await run(['help', command])).stdout).toBe(stdout)
  },
)

test('the defaults of an ingest are in its help', async () => {
  const { stdout } = await run(['ingest', '--help'])
  const text = stdout.replaceAll(/\s+/g, ' ')
  for (const said of [
    'the source table (default: "*")',
    '(default: now)',
    'at first, everything)',
    "delete+insert (default: the table's own)",
    'Exit codes: 0 all done · 1 some tables failed · 2 wrong usage · 3 key or permissions · 130 stopped',
  ])
    expect(text).toContain(said)
})

test('--version is the one of the package', async () => {
  const { stdout } = await run(['--version'])
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
})
