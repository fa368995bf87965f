import { Writable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { main } from '../../src/cli/main.ts'
import { terminalFor } from '../../src/cli/terminal.ts'
import { buildCli } from '../scenarios/cli.ts'
import { openPlace } from './place.ts'
import type { Place } from './place.ts'

/**
 * Keys and passwords typed where they do not belong: whatever the command makes of it, nothing that it writes holds
 * them, in any spelling.
 */

let place: Place

beforeAll(async () => {
  buildCli()
  place = await openPlace({ profiles: 5, events: 20 })
  vi.stubEnv('SLUICE_STATE_DIR', place.stateFolder)
  // Each command line listens for Ctrl-C until its process ends, and here it does not.
  process.setMaxListeners(0)
})
afterAll(() => place[Symbol.asyncDispose]())

/** What is typed, and what must not come back. */
type Typed = Readonly<{ name: string; text: string; secrets: readonly string[] }>

const SECRETS: readonly Typed[] = [
  { name: 'a key', text: 'pk_q7Zk29vWx4', secrets: ['pk_q7Zk29vWx4', 'q7Zk29'] },
  {
    name: 'a key as Klaviyo makes them',
    text: 'pk_0a1b2c3d4e5f60718293a4b5c6d7e8f901',
    secrets: ['0a1b2c3d4e5f'],
  },
  { name: 'a key, percent-encoded', text: 'pk%5Fq7Zk29vWx4', secrets: ['q7Zk29'] },
  {
    name: 'a source URI',
    text: 'klaviyo://?api_key=Zq7.k29,vWx4&base_url=http://127.0.0.1:1',
    secrets: ['Zq7', 'k29', 'vWx4'],
  },
  {
    name: 'a destination URI',
    text: 'postgresql://ana:Tr0ub4dor.xkcd@127.0.0.1:1/shop',
    secrets: ['Tr0ub4dor', 'xkcd'],
  },
  {
    name: 'a destination URI, its password percent-encoded',
    text: 'postgresql://ana:Tr0ub%404dor%2Cxkcd@127.0.0.1:1/shop',
    secrets: ['Tr0ub', '4dor', 'xkcd'],
  },
  {
    name: 'a destination URI, its password with blanks and quotes',
    text: `postgresql://ana:Tr0ub "4dor' xkcd@127.0.0.1:1/shop`,
    secrets: ['Tr0ub', '4dor', 'xkcd'],
  },
  {
    name: 'a password in a parameter',
    text: 'postgresql://127.0.0.1:1/shop?user=ana&password=Tr0ub4dor',
    secrets: ['Tr0ub4dor'],
  },
  {
    name: 'a URI with one slash',
    text: 'postgresql:/ana:Tr0ub4dor@127.0.0.1/shop',
    secrets: ['Tr0ub4dor'],
  },
  { name: 'login and host', text: 'ana:Tr0ub4dor@127.0.0.1', secrets: ['Tr0ub4dor'] },
  ...['@', '/', '#', '?', ':'].map((letter) => ({
    name: `a password with "${letter}" in it`,
    text: `postgresql://ana:1234${letter}Tr0ub4dor@127.0.0.1:1/shop`,
    secrets: ['Tr0ub4dor', '1234'],
  })),
  {
    name: 'a token without a name',
    text: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b',
    secrets: ['9f86d081884c'],
  },
]

const FLAGS = [
  'source-uri',
  'source-table',
  'dest-uri',
  'dest-table',
  'interval-start',
  'interval-end',
  'lookback',
  'incremental-strategy',
  'incremental-key',
  'primary-key',
  'extract-parallelism',
  'progress',
  'page-size',
  'sql-limit',
  'schema-contract',
  'columns',
]

/** An ingest that could run, but for what is wrong with it. */
const ingest = (more: Readonly<Record<string, string>>): readonly string[] => {
  const flags = {
    'source-uri': place.source(),
    'source-table': 'lists',
    'dest-uri': `duckdb:///${place.folder}/shop.duckdb`,
    'dest-table': 'k.*',
    ...more,
  }
  return ['ingest', ...Object.entries(flags).map(([name, value]) => `--${name}=${value}`)]
}

/** Every command line in which a secret may land by mistake. */
const WAYS: Readonly<Record<string, (secret: string) => readonly string[]>> = {
  ...Object.fromEntries(FLAGS.map((flag) => [`--${flag}`, (secret: string) => ingest({ [flag]: secret })])),
  'both URIs swapped': (secret) => ingest({ 'source-uri': secret, 'dest-uri': place.source('pk_swapped77') }),
  'with --progress json': (secret) => [...ingest({ 'dest-table': secret }), '--progress=json'],
  'as the URI, with --progress json': (secret) => [...ingest({ 'dest-uri': secret }), '--progress=json'],
  'with --debug': (secret) => [...ingest({ 'source-table': secret }), '--debug'],
  'an unknown flag with "="': (secret) => ['ingest', `--state-dir=${secret}`],
  'an unknown flag that says what it is': (secret) => ['ingest', `--api-key=${secret}`],
  'a flag misspelt': (secret) => ['ingest', `--sorce-uri=${secret}`],
  'after an unknown short flag': (secret) => ['ingest', `-k${secret}`],
  'one word too many': (secret) => [...ingest({}), secret],
  'many words too many': (secret) => [...ingest({}), secret, 'b', 'c', 'd'],
  'as the command': (secret) => [secret],
  'sluice tables': (secret) => ['tables', secret],
  'a second table': (secret) => ['tables', 'events', secret],
  'sluice help': (secret) => ['help', secret],
  'sluice sandbox --port': (secret) => ['sandbox', `--port=${secret}`],
  'sluice sandbox --limits': (secret) => ['sandbox', `--limits=${secret}`],
  'sluice estimate': (secret) => ['estimate', `--source-uri=${secret}`, `--source-table=${secret}`],
}

const ways = Object.entries(WAYS)

/** The command line within this process: what it writes, without the second that a process takes to start. */
async function said(words: readonly string[]): Promise<string> {
  const chunks: string[] = []
  const stream = (): NodeJS.WriteStream =>
    new Writable({
      write: (chunk, _, done) => {
        chunks.push(String(chunk))
        done()
      },
    }) as NodeJS.WriteStream
  const terminal = terminalFor(words, {}, { stdout: stream(), stderr: stream() })
  await main(words, terminal)
  return chunks.join('')
}

function expectNone(text: string, secrets: readonly string[]): void {
  for (const spelling of [text, decoded(text), decoded(decoded(text))])
    for (const secret of [...secrets, 'pk_swapped77'])
      expect(spelling.toLowerCase()).not.toContain(secret.toLowerCase())
}

describe.each(SECRETS)('$name', ({ text, secrets }) => {
  test.each(ways)('%s', async (_, way) => {
    expectNone(await said(way(text)), secrets)
  })
})

test.each(ways)(
  'a process of its own, %s: no secret, and no trace that was not asked for',
  async (name, way) => {
    const { code, stdout, stderr } = await place.run(way('postgresql://ana:Tr0ub4dor@127.0.0.1:1/shop'))
    expectNone(stdout + stderr, ['Tr0ub4dor'])
    if (name !== 'with --debug') expect(stderr).not.toMatch(/^\s+at /m)
    expect(code).not.toBeNull()
  },
)

const decoded = (text: string): string =>
  text.replaceAll(/%[\da-f]{2}/gi, (byte) => String.fromCharCode(Number.parseInt(byte.slice(1), 16)))
