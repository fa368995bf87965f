import { Command } from 'commander'
import { expect, test } from 'vitest'
import { SluiceError } from '../model/errors.ts'
import { addForeignFlags, addReadFlags, parseReadFlags } from './read-flags.ts'
import type { ReadFlags } from './read-flags.ts'

const REQUIRED = ['--source-uri', 'klaviyo://', '--source-table', 'events', '--dest-uri', 'duckdb:///x']

/** What comes of these flags. */
function parse(...words: readonly string[]) {
  const command = addForeignFlags(addReadFlags(new Command(), { destUri: '' })).exitOverride()
  command.parse([...REQUIRED, ...words], { from: 'user' })
  return parseReadFlags(command.opts<ReadFlags>(), ['sourceUri', 'sourceTable', 'destUri'])
}

test('a command line written for ingestr works as it is', () => {
  const { options, notes } = parse(
    '--interval-start',
    '2022-01-01',
    '--extract-parallelism',
    '20',
    '--primary-key',
    'id',
    '--incremental-key',
    'datetime',
    '--incremental-strategy',
    'merge',
    '--full-refresh',
    '--yes',
    '--schema-contract',
    'evolve',
  )
  expect(options).toMatchObject({
    sourceUri: 'klaviyo://',
    intervalStart: '2022-01-01',
    extractParallelism: '20',
    primaryKey: 'id',
    incrementalKey: 'datetime',
    incrementalStrategy: 'merge',
    fullRefresh: true,
  })
  expect(notes).toEqual([])
})

test('keys of several columns may be given one by one', () => {
  expect(parse('--primary-key', 'a', '--primary-key', 'b').options.primaryKey).toBe('a,b')
})

test('what only tunes is taken, and said to have no effect', () => {
  expect(parse('--page-size', '5000', '--no-load-timestamp', '--loader-file-size', '10').notes).toEqual([
    '--page-size has no effect: pages are as large as Klaviyo allows.',
    '--loader-file-size has no effect: batches are as large as loads fastest.',
    '--no-load-timestamp has no effect: "_sluice_synced_at" is always there.',
  ])
})

test.each([
  [['--sql-limit', '10'], '--sql-limit cannot be used: a table would look complete and not be.'],
  [['--mask', 'email:hash'], '--mask cannot be used: rows are loaded as Klaviyo sends them.'],
  [['--columns', 'a:bigint'], '--columns cannot be used'],
  [['--no-inference'], '--no-inference cannot be used'],
  [['--schema-contract', 'freeze'], '--schema-contract cannot be used'],
  [['--stream'], '--stream cannot be used: Klaviyo can only be asked.'],
])('what would change the data is refused: %j', (words, message) => {
  expect(() => parse(...words)).toThrow(message)
})

test('what is missing is named, all at once', () => {
  const flags = { sourceTable: 'events' }
  expect(() => parseReadFlags(flags, ['sourceUri', 'sourceTable', 'destUri'])).toThrow(
    new SluiceError(
      'missing-option',
      '--source-uri and --dest-uri are missing. Run with --help for examples.',
    ),
  )
})
