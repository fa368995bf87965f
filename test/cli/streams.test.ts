import { spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RunEvent } from '../../src/model/run-event.ts'
import { buildCli } from '../scenarios/cli.ts'
import { countOf } from '../scenarios/truth.ts'
import { bin, openPlace } from './place.ts'
import type { Place } from './place.ts'

let place: Place

beforeAll(async () => {
  buildCli()
  place = await openPlace()
})
afterAll(() => place[Symbol.asyncDispose]())

const ingest = (file: string, ...more: readonly string[]): readonly string[] => [
  'ingest',
  `--source-uri=${place.source('pk_test', '&account=shop')}`,
  '--source-table=events,lists,tags',
  `--dest-uri=duckdb:///${file}`,
  '--dest-table=k.*',
  ...more,
]

describe('where nobody watches', () => {
  test('lines on stderr, the summary on stdout', async () => {
    const { code, stdout, stderr } = await place.run(ingest('lines.duckdb'))
    expect(code).toBe(0)
    const told = stderr.trimEnd().split('\n')
    expect(told.filter((line) => !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ \S/.test(line))).toEqual([])
    const words = told.map((line) => line.slice(21)).join('\n')
    expect(words.split('\n')).toContain('account shop: events, lists, tags')
    expect(words).toMatch(/^tags: reading the whole table$/m)
    expect(words).toMatch(
      /^lists: done in \d\.\d s: \d+ rows read, \d+ new, 0 changed, \d+ requests, \d+ % of the limit$/m,
    )
    const lines = stdout.trimEnd().split('\n')
    expect(lines.map((line) => line.split(' ')[0])).toEqual(['table', 'events', 'lists', 'tags', 'total'])
    expect(new Set(lines.slice(0, 4).map((line) => line.length)).size).toBe(1)
  })

  test('--progress json: one object a line on stdout, in order, and nothing else', async () => {
    const { code, stdout, stderr } = await place.run(ingest('json.duckdb', '--progress', 'json'))
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.endsWith('}\n')).toBe(true)
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as RunEvent & { time: string })
    expect(events[0]).toMatchObject({
      type: 'run started',
      account: 'shop',
      tables: ['events', 'lists', 'tags'],
    })
    const last = events.at(-1)
    if (last?.type !== 'run done') throw new Error(`it ends with "${last?.type}"`)
    const rows = events.reduce((sum, event) => sum + (event.type === 'batch committed' ? event.rows : 0), 0)
    expect(last.result.tables.reduce((sum, table) => sum + table.rows, 0)).toBe(rows)
    expect(events.every(({ time }) => new Date(time).toISOString() === time)).toBe(true)
    expect(events.map(({ time }) => time)).toEqual(events.map(({ time }) => time).sort())
  })

  test('every event has its envelope: one run, its account, its command, its time', async () => {
    const { stdout } = await place.run(ingest('envelope.duckdb', '--progress', 'json'))
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as RunEvent & { time: string })
    expect(new Set(events.map(({ run, account, command }) => `${run} ${account} ${command}`)).size).toBe(1)
    expect(events[0]).toMatchObject({ account: 'shop', command: 'ingest' })
    expect(events[0]?.run).toMatch(/^[\da-f-]{36}$/)
    expect(events.every(({ at, time }) => Date.parse(time) === at)).toBe(true)
  })

  test('--quiet: one line on stdout, nothing on stderr; and what went wrong all the same', async () => {
    const { code, stdout, stderr } = await place.run(ingest('quiet.duckdb', '--quiet'))
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^3 tables done in [\d.]+ s: [\d,]+ rows read, [\d,]+ new, 0 changed\.\n$/)
    const wrong = await place.run(
      ingest(
        'quiet.duckdb',
        '--quiet',
        '--source-uri',
        place.source('pk_test_no_scopes', '&account=shop'),
        '--source-table',
        'tags',
      ),
    )
    expect(wrong.code).toBe(3)
    expect(wrong.stderr).toMatch(/^The API key of account "shop" may not read table "tags": [^\n]*\n$/)
    const both = await place.run(ingest('quiet.duckdb', '--quiet', '--progress', 'json'))
    expect(both).toMatchObject({
      code: 2,
      stderr: '--quiet and --progress exclude each other. Leave one of them out.\n',
    })
  })

  test('with --progress json a failure is said on stderr, and is an event', async () => {
    const source = place.source('pk_test_no_scopes')
    const { code, stdout, stderr } = await place.run(
      ingest('none.duckdb', '--progress', 'json', '--source-table', 'tags', '--source-uri', source),
    )
    expect(code).toBe(3)
    expect(stderr).toMatch(/^The API key may not read table "tags": [^\n]*\n$/)
    expect(stdout).toContain('"type":"table failed","table":"tags"')
    expect(stdout).toMatch(
      /"error":\{"code":"missing-scope","fault":"credentials","retry":"never","facts":\{[^}]*"scopes":\["tags:read"\]\}/,
    )
  })

  test('SLUICE_DEBUG=1 and --debug show a trace, without a key', async () => {
    const wrong = ingest(
      'none.duckdb',
      '--source-table',
      'tags',
      '--source-uri',
      place.source('pk_wrong0123'),
    )
    const results = [
      await place.run(wrong, { env: { SLUICE_DEBUG: '1' } }),
      await place.run([...wrong, '--debug']),
    ]
    for (const { stderr, code } of results) {
      expect(code).toBe(3)
      expect(stderr).toMatch(/^SluiceError: Klaviyo does not accept .*\n +at /m)
      expect(stderr).not.toContain('pk_wrong')
    }
    const { stderr } = await place.run(['ingest', '--nonsense'], { env: { SLUICE_DEBUG: '1' } })
    expect(stderr).toMatch(/^ +at /m)
  })
})

describe('a reader that goes away', () => {
  const pipe = (shell: string) =>
    spawnSync('/bin/bash', ['--norc', '-c', `set -o pipefail; ${shell}`, 'bash', process.execPath, bin], {
      encoding: 'utf8',
      cwd: place.folder,
      env: { PATH: process.env['PATH'], SLUICE_STATE_DIR: place.stateFolder },
    })

  test('sluice tables | head -1', () => {
    const { status, stdout, stderr } = pipe('"$@" tables | head -1')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(/^TABLE .*\n$/)
  })

  test('sluice tables --json into nothing', () => {
    const { status, stderr } = pipe('"$@" tables --json | true')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })

  test('a load goes on to its end', async () => {
    const quoted = ingest('piped.duckdb', '--progress', 'json').map((word) => `'${word}'`)
    // The sandbox lives in this process, so this must not block it.
    const child = spawn(
      '/bin/bash',
      [
        '--norc',
        '-c',
        `set -o pipefail; "$0" "$1" ${quoted.join(' ')} 2>&1 | head -1`,
        process.execPath,
        bin,
      ],
      {
        cwd: place.folder,
        env: { PATH: process.env['PATH'], SLUICE_STATE_DIR: place.stateFolder },
      },
    )
    const status = await new Promise((settle) => void child.once('close', settle))
    expect(status).toBe(0)
    expect(await countOf(join(place.folder, 'piped.duckdb'), 'k.tags')).toBeGreaterThan(0)
  })
})

describe('an output that takes nothing', () => {
  const shell = (line: string, words: readonly string[]) =>
    new Promise<{ code: number | null; stderr: string; stdout: string }>((settle) => {
      const child = spawn('/bin/sh', ['-c', line, 'sh', process.execPath, bin, ...words], {
        cwd: place.folder,
        env: { PATH: process.env['PATH'], SLUICE_STATE_DIR: place.stateFolder },
      })
      let [stdout, stderr] = ['', '']
      child.stdout.on('data', (text) => (stdout += String(text)))
      child.stderr.on('data', (text) => (stderr += String(text)))
      child.once('close', (code) => {
        settle({ code, stdout, stderr })
      })
    })
  const FULL =
    'The output could not be written: there is no space left where it goes. All else was done as told.\n'

  test.each([[['tables']], [['--help']], [['tables', 'events', '--json']]])(
    'sluice %j > /dev/full: in plain words, and no success',
    async (words) => {
      expect(await shell('exec "$@" > /dev/full', words)).toEqual({ code: 1, stdout: '', stderr: FULL })
    },
  )

  test('a load whose summary cannot be written is done, and says so', async () => {
    const { code, stderr } = await shell('exec "$@" > /dev/full', ingest('full.duckdb', '--progress', 'json'))
    expect({ code, stderr }).toEqual({ code: 1, stderr: FULL })
    expect(await countOf(join(place.folder, 'full.duckdb'), 'k.tags')).toBeGreaterThan(0)
  })

  test('where only the progress cannot be written, the load and its exit code are as ever', async () => {
    const { code, stdout } = await shell('exec "$@" 2> /dev/full', ingest('told.duckdb'))
    expect(code).toBe(0)
    expect(stdout).toMatch(/^table +rows read /)
    const wrong = ingest('told.duckdb', '--source-uri', place.source('pk_wrong0123'))
    expect((await shell('exec "$@" 2> /dev/full', wrong)).code).toBe(3)
  })
})

test('Ctrl-C: said at once, ended in order, 130, and the same command goes on', async () => {
  place.sandbox.script(
    'get_events',
    Array.from({ length: 4 }, () => ({ kind: 'slow', overMs: 400 })),
  )
  const run = place.start(ingest('stopped.duckdb', '--source-table', 'events', '--extract-parallelism', '1'))
  await run.says('reading from')
  run.child.kill('SIGINT')
  const { code, stderr } = await run.done
  expect(code).toBe(130)
  expect(stderr).toMatch(
    /^Stopping: .*\nStopped\. What was loaded is kept; run the same command again to go on from here\.\n$/m,
  )
  const again = await place.run(ingest('stopped.duckdb', '--source-table', 'events'))
  expect(again.code).toBe(0)
  expect(await countOf(join(place.folder, 'stopped.duckdb'), 'k.events')).toBeGreaterThan(2_900)
})

const hasScript = spawnSync('script', ['--version']).status === 0

describe.skipIf(!hasScript)('on a terminal (needs util-linux "script")', () => {
  test.each([80, 120])('bars of %d columns come, keep to their lines, and go', async (columns) => {
    const flags = ingest(`bars-${columns}.duckdb`).map((word) => `'${word}'`)
    const command = `stty cols ${columns} rows 30; exec '${process.execPath}' '${bin}' ${flags.join(' ')}`
    const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
      cwd: place.folder,
      env: { PATH: process.env['PATH'], SLUICE_STATE_DIR: place.stateFolder, TERM: 'xterm-256color' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let screen = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      screen += text
    })
    const status = await new Promise((settle) => void child.once('close', settle))
    expect(status).toBe(0)
    const texts = stripVTControlCharacters(screen).split(/[\r\n]+/)
    expect(texts.some((text) => /^events {2,}[█░]{6,30} /.test(text))).toBe(true)
    expect(texts.filter((text) => text.length >= columns)).toEqual([])
    // The cursor comes back, and what is left is the summary.
    expect(screen.lastIndexOf('\u001B[?25h')).toBeGreaterThan(screen.lastIndexOf('\u001B[?25l'))
    const afterBars = stripVTControlCharacters(screen.slice(screen.lastIndexOf('\u001B[?2026l')))
    expect(afterBars).toMatch(/table +rows read .*\r\nevents .*\r\nlists .*\r\ntags .*\r\ntotal .*\r\n$/)
    expect(afterBars).not.toMatch(/[█░]/)
  })
})
