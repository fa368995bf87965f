import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { estimate, ingest, RunFailed, SluiceError } from '../../src/index.ts'
import type { IngestOptions, RunEvent } from '../../src/index.ts'
import { startSandbox } from '../../src/sandbox/index.ts'
import type { Sandbox } from '../../src/sandbox/index.ts'
import { countOf } from '../scenarios/truth.ts'

let sandbox: Sandbox
let folder: string

beforeAll(async () => {
  sandbox = await startSandbox({ profiles: 20, events: 300, limits: 'off' })
  folder = await mkdtemp(join(tmpdir(), 'sluice-errors-'))
})
afterAll(async () => {
  await sandbox.close()
  await rm(folder, { recursive: true, force: true })
})

const options = (more: Partial<IngestOptions> = {}, key = 'pk_test'): IngestOptions => ({
  sourceUri: `klaviyo://?api_key=${key}&base_url=${sandbox.url}&account=shop`,
  sourceTable: 'lists',
  destUri: `duckdb:///${folder}/shop.duckdb`,
  stateFolder: join(folder, 'state'),
  ...more,
})

async function failureOf(work: Promise<unknown>): Promise<SluiceError> {
  const error = await work.then(
    () => null,
    (error: unknown) => error,
  )
  if (error instanceof SluiceError) return error
  throw new Error(`no SluiceError: ${String(error)}`)
}

describe('what no compiler has checked', () => {
  const some = { sourceUri: 'klaviyo://?api_key=pk_test', sourceTable: 'lists', destUri: 'duckdb:///x' }
  const wrong: readonly (readonly [unknown, string, string])[] = [
    [undefined, 'invalid-option', 'The options must be an object, not undefined'],
    [null, 'invalid-option', 'The options must be an object, not null'],
    [
      { sourceURI: 'klaviyo://' },
      'unknown-option',
      'There is no option "sourceURI". Did you mean "sourceUri"?',
    ],
    [{}, 'missing-option', 'sourceUri is missing'],
    [{ ...some, sourceUri: undefined }, 'missing-option', 'sourceUri is missing'],
    [{ ...some, sourceTable: 5 }, 'invalid-option', 'sourceTable must be a text, not a number'],
    [{ ...some, destTable: null }, 'invalid-option', 'destTable must be a text, not null'],
    [{ ...some, signal: {} }, 'invalid-option', 'signal must be an AbortSignal'],
    [{ ...some, lookback: 7 }, 'invalid-option', 'lookback must be a text'],
    [{ ...some, lookback: '7' }, 'invalid-option', 'lookback "7" is not a duration'],
  ]
  test.each(wrong)('%j', async (given, code, message) => {
    for (const work of [ingest, estimate]) {
      const error = await failureOf(work(given as IngestOptions))
      expect(error).toMatchObject({ code, fault: 'usage', retry: 'never' })
      expect(error.message).toContain(message)
    }
  })

  test('onEvent is none of an estimate’s options', async () => {
    const given = { sourceUri: 'klaviyo://', sourceTable: 'lists', onEvent: () => undefined }
    expect(await failureOf(estimate(given))).toMatchObject({ code: 'unknown-option' })
  })
})

test('one table failed: the others are in, and the error says what came of them', async () => {
  const error = await failureOf(
    ingest(options({ sourceTable: 'lists,events', destTable: 'k.*' }, 'pk_test_events_only')),
  )
  if (!(error instanceof RunFailed)) throw new Error('no RunFailed')
  const { result, failures } = error as RunFailed<{ tables: readonly { table: string; rows: number }[] }>
  expect(result.tables.map(({ table }) => table)).toEqual(['events'])
  expect(await countOf(join(folder, 'shop.duckdb'), 'k.events')).toBe(result.tables[0]?.rows)
  expect(failures).toMatchObject([
    {
      table: 'lists',
      error: {
        code: 'missing-scope',
        retry: 'never',
        facts: { table: 'lists', status: 403, scopes: ['lists:read'] },
      },
    },
  ])
  expect(error).toMatchObject({ code: 'missing-scope', fault: 'credentials', name: 'RunFailed' })
  expect(error.message).toBe(failures[0]?.error.message)
})

test('several reasons are told together', async () => {
  const error = await failureOf(ingest(options({ sourceTable: 'lists,tags' }, 'pk_test_no_scopes')))
  expect(error).toMatchObject({ code: 'missing-scope' })
  expect(error.message).toMatch(/^2 tables failed\. lists: .*"lists:read".* tags: .*"tags:read"/)
})

test('a signal ends the run as "interrupted", with its reason as the cause', async () => {
  const controller = new AbortController()
  const error = await failureOf(
    ingest(
      options({
        sourceTable: 'events',
        signal: controller.signal,
        onEvent: ({ type }) => {
          if (type === 'run started') controller.abort(new Error('enough'))
        },
      }),
    ),
  )
  expect(error).toMatchObject({ code: 'interrupted', fault: 'interrupted', retry: 'now' })
  expect(error.cause).toMatchObject({ code: 'interrupted', cause: { message: 'enough' } })
})

test('a listener that throws, or rejects, does not stop a run: it is a warning', async () => {
  const warnings: Error[] = []
  const listen = (warning: Error): void => {
    warnings.push(warning)
  }
  process.on('warning', listen)
  const events: RunEvent[] = []
  const { tables } = await ingest(
    options({
      onEvent: async (event) => {
        events.push(event)
        await Promise.resolve()
        throw new Error('my own fault, and pk_test')
      },
    }),
  )
  await new Promise((resolve) => setImmediate(resolve))
  process.removeListener('warning', listen)
  expect(tables).toHaveLength(1)
  expect(events.at(-1)?.type).toBe('run done')
  expect(warnings.map(({ name, message }) => `${name}: ${message}`)).toEqual([
    'SluiceWarning: onEvent failed, and the run goes on: my own fault, and ***',
  ])
})

test('the PostgreSQL driver warns of nothing', async () => {
  const warnings: Error[] = []
  const listen = (warning: Error): void => {
    warnings.push(warning)
  }
  process.on('warning', listen)
  const destUri = 'postgresql://ana:x@127.0.0.1:1/shop?sslmode=require'
  expect(await failureOf(ingest(options({ destUri })))).toMatchObject({
    code: 'destination-unreachable',
    retry: 'later',
  })
  await new Promise((resolve) => setImmediate(resolve))
  process.removeListener('warning', listen)
  expect(warnings).toEqual([])
})

test.each([
  ['a key', 'pk_wr0ng.seekrit', {}],
  ['a key, percent-encoded', 'pk_wr0ng%2Eseekrit', {}],
  ['a password', 'pk_test', { destUri: 'postgresql://ana:s%65ekrit%2Ctoo@127.0.0.1:1/shop' }],
  ['a password that was not encoded', 'pk_test', { destUri: 'postgresql://ana:12/seekrit@127.0.0.1:1/shop' }],
  ['a URI in place of a table', 'pk_test', { destTable: 'postgresql://ana:seekrit@127.0.0.1:1/shop' }],
])('%s is nowhere in an error, its causes and its events', async (_, key, more) => {
  const events: RunEvent[] = []
  const error = await failureOf(ingest(options({ ...more, onEvent: (event) => events.push(event) }, key)))
  const all = [
    error.message,
    error.stack,
    inspect(error, { depth: 9, showHidden: true }),
    JSON.stringify(error),
    JSON.stringify(events),
  ]
  expect(all.join('\n')).not.toMatch(/seekrit|s%65ekrit|wr0ng/)
})

test('what acts on a terminal is shown as what it is, in errors as in events', async () => {
  const error = await failureOf(ingest(options({ sourceTable: 'li\u001B[2Jsts\u202E' })))
  expect(error.message).toContain(String.raw`Klaviyo has no table "li\u001b[2Jsts\u202e".`)
})
