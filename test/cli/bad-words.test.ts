import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildCli } from '../scenarios/cli.ts'
import type { CliResult } from '../scenarios/cli.ts'
import { expectRefusal, openPlace } from './place.ts'
import type { Place } from './place.ts'

let place: Place

beforeAll(async () => {
  buildCli()
  place = await openPlace()
})
afterAll(() => place[Symbol.asyncDispose]())

const run = (words: readonly string[]): Promise<CliResult> =>
  place.run(words.map((word) => word.replace('SANDBOX', place.sandbox.url)))

const usage = (says: string): Readonly<{ code: number; says: string }> => ({ code: 2, says })
const KEY = 'klaviyo://?api_key=pk_test'
/** Tests are collected before there is a sandbox to name. */
const SOURCE = `${KEY}&base_url=SANDBOX`
const FLAGS = ['--source-uri', SOURCE, '--source-table', 'lists', '--dest-uri', 'duckdb:///shop.duckdb']

/** The flags of an ordinary run with some of them changed. */
function ingest(changes: Readonly<Record<string, string>>): readonly string[] {
  const given = {
    'source-uri': SOURCE,
    'source-table': 'lists',
    'dest-uri': 'duckdb:///shop.duckdb',
    ...changes,
  }
  return ['ingest', ...Object.entries(given).flatMap(([name, value]) => [`--${name}`, value])]
}

describe('words that no command knows', () => {
  test.each([
    [['ingst'], 'There is no command "ingst". Did you mean "ingest"? Run "sluice --help"'],
    [['klaviyo://?api_key=pk_test'], 'There is no command "klaviyo://?api_key=***"'],
    [
      ['ingest', '--sorce-uri', 'x'],
      'There is no option "--sorce-uri". Did you mean "--source-uri"? Run "sluice ingest --help"',
    ],
    [['ingest', '--source-uri'], '--source-uri needs a value'],
    [
      ['ingest', '--source-uri', '--dest-uri', 'x'],
      '--source-uri has no value: the next word is "--dest-uri"',
    ],
    [
      ['ingest', '--dest-uri', 'x'],
      '--source-uri and --source-table are missing. Run with --help for examples',
    ],
    [['ingest', ...FLAGS, 'more'], '"more" is one word too many. See "sluice ingest --help"'],
    [
      ['ingest', ...FLAGS, 'a.csv', 'b.csv', 'c.csv', 'd.csv'],
      '"a.csv" and 3 more words are not expected here. Put "*" into quotes',
    ],
    [
      ['ingest', ...FLAGS, '--progress', 'fancy'],
      '--progress "fancy" is unknown. It takes interactive, log, json',
    ],
    [
      ['ingest', ...FLAGS, '--sql-limit', '5'],
      '--sql-limit cannot be used: a table would look complete and not be',
    ],
    [['tables', 'event'], 'Klaviyo has no table "event". Did you mean "events"?'],
    [['tables', 'events', 'lists'], '"lists" is one word too many'],
    [['sandbox', '--port', 'http'], '--port "http" is not a whole number from 0 to 65535'],
    [['sandbox', '--limits', 'none'], '--limits "none" is unknown. It takes real, off'],
  ])('%j', async (words, says) => {
    expectRefusal(await run(words), usage(says))
  })

  test('no words at all: the help, on stderr, as something is missing', async () => {
    const { code, stdout, stderr } = await place.run([])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^Usage: sluice .*\$ sluice demo /s)
  })
})

describe('values that cannot be meant', () => {
  test.each<[Readonly<Record<string, string>>, string]>([
    [{ 'source-table': 'profile' }, 'Klaviyo has no table "profile". Did you mean "profiles"?'],
    [{ 'source-table': ',' }, '--source-table is empty'],
    [
      { 'source-uri': 'klavio://?api_key=pk_test' },
      'is not one of Klaviyo\'s. Write "klaviyo://?api_key=pk_…"',
    ],
    [{ 'source-uri': 'klaviyo://pk_test' }, 'must have nothing between'],
    [{ 'source-uri': 'klaviyo://?key=pk_test' }, 'has an unknown parameter "key"'],
    [
      { 'source-uri': `${KEY}&base_url=localhost:8080` },
      'is not an origin. Write it like "http://127.0.0.1:8080"',
    ],
    [{ 'source-uri': `${KEY}&base_url=http://example.com` }, 'would send the API key unencrypted'],
    [{ 'source-uri': `${SOURCE}&revision=2026-02-30` }, 'The revision "2026-02-30" is not a date'],
    [{ 'source-uri': `${SOURCE}&rate_share=80` }, 'is not between 0 and 1'],
    [
      { 'dest-uri': 'shop.duckdb' },
      'The destination is not a URI. Write for example "duckdb:///shop.duckdb"',
    ],
    [{ 'dest-uri': 'duckdn:///shop.duckdb' }, 'There is no destination "duckdn". Did you mean "duckdb"?'],
    [
      { 'dest-uri': 'oracle://me:secret@host/db' },
      'There is no destination "oracle". These are known: "duckdb"',
    ],
    [{ 'dest-uri': 'duckdb:///' }, 'names no DuckDB file'],
    [{ 'dest-table': 'a.b.c' }, '"a.b.c" is not the name of a table'],
    [{ 'dest-table': '_sluice.coverage' }, 'which holds what sluice remembers. Choose another schema'],
    [
      { 'source-table': 'tags,lists', 'dest-table': 'raw.klaviyo' },
      'names one table and --source-table names 2. Write "*"',
    ],
    [{ 'interval-start': 'yesterday' }, '--interval-start "yesterday" is not a date. Write "2022-01-01"'],
    [{ 'interval-start': '2022-02-30' }, '--interval-start "2022-02-30" is not a date'],
    [{ 'interval-start': '2999-01-01' }, '--interval-start "2999-01-01T00:00:00Z" is in the future'],
    [
      { 'interval-start': '2022-02-01', 'interval-end': '2022-01-01' },
      '--interval-end "2022-01-01T00:00:00Z" is not after --interval-start',
    ],
    [{ lookback: '7' }, '--lookback "7" is not a duration. Write "7d"'],
    [{ lookback: '-1d' }, '--lookback "-1d" is not a duration'],
    [
      { 'extract-parallelism': '0' },
      '--extract-parallelism "0" is neither "auto" nor a number from 1 to 1000',
    ],
    [{ 'incremental-strategy': 'upsert' }, '--incremental-strategy "upsert" is unknown. It takes merge'],
    [{ 'incremental-key': 'created' }, 'Klaviyo cannot filter "lists" by "created"'],
    [{ 'primary-key': 'name' }, 'The key of "lists" is "id", not "name"'],
  ])('%j', async (changes, says) => {
    expectRefusal(await run(ingest(changes)), usage(says))
  })

  test('no key at all', async () => {
    const result = await run(ingest({ 'source-uri': 'klaviyo://' }))
    expectRefusal(result, { code: 3, says: 'No Klaviyo API key. Put it into the source URI' })
  })

  test('a key with a blank in it', async () => {
    const result = await run(ingest({ 'source-uri': 'klaviyo://?api_key=pk_te%20st' }))
    expectRefusal(result, { code: 3, says: 'The API key contains a blank' })
  })
})

test('none of this has asked Klaviyo for anything or left a file', async () => {
  expect(await place.files()).toEqual({})
  expect(place.sandbox.stats().total.requests).toBe(0)
})
