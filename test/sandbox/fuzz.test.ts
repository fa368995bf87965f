import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readSpec } from '../../src/sandbox/spec.ts'
import { buildCli } from '../scenarios/cli.ts'
import { expectSane, type SandboxProcess, startProcess } from './process.ts'
import { raw, request } from './raw.ts'

/**
 * Whatever is sent, an answer in Klaviyo's form comes back, never a 500, and the process goes on. `npm run fuzz` takes
 * five minutes where `npm test` takes seconds; `SLUICE_FUZZ_SEED` repeats a run whose failure printed its seed.
 */
const wanted = process.env['SLUICE_FUZZ_SECONDS']
// A busy machine takes ten times as long for the same runs: they are counted, and the time is only a limit.
const runs = wanted === undefined ? 500 : 10_000_000
const seconds = Number(wanted ?? 40)
const seed = process.env['SLUICE_FUZZ_SEED']

let sandbox: SandboxProcess
beforeAll(async () => {
  buildCli()
  sandbox = await startProcess()
})
afterAll(() => sandbox[Symbol.asyncDispose]())

/** Tries inputs for a share of the time, and looks after each of them whether all is well. */
async function holds<T>(
  share: number,
  inputs: fc.Arbitrary<T>,
  check: (input: T) => Promise<void>,
): Promise<void> {
  const tried = async (input: T): Promise<void> => {
    try {
      await check(input)
      await expectSane(sandbox)
    } catch (error) {
      // The next, smaller input must meet a sandbox that nothing has happened to.
      await sandbox[Symbol.asyncDispose]()
      sandbox = await startProcess()
      throw error
    }
  }
  let last: Promise<unknown> = Promise.resolve()
  const property = fc.asyncProperty(inputs, (input) => {
    const run = tried(input)
    last = run.catch(() => undefined)
    return run
  })
  const result = await fc.check(property, {
    numRuns: Math.ceil(runs * share),
    interruptAfterTimeLimit: seconds * 1000 * share,
    ...(seed === undefined ? {} : { seed: Number(seed) }),
  })
  // When the time is over the check ends in the middle of a run.
  await last
  expect(result.failed && result.counterexample !== null, fc.defaultReportMessage(result) ?? '').toBe(false)
  expect(result.numRuns).toBeGreaterThan(10)
}

const { operations } = readSpec()
const some = (...texts: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...texts)
const anyText = fc.string({ unit: 'binary', maxLength: 40 }).map((text) => encodeURIComponent(text))
/** Bytes of a request line that are not encoded at all; what ends a line or a word of it is left out. */
const rawText = fc
  .array(fc.oneof(fc.integer({ min: 0x21, max: 0xff }), fc.constantFrom(0x25, 0x2f, 0x5b, 0x5d, 0x26)), {
    maxLength: 30,
  })
  .map((codes) => String.fromCharCode(...codes))
const inherited = some(
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '__defineSetter__',
  'prototype',
)
const numbers = fc.oneof(
  fc.double().map(String),
  fc.bigInt().map(String),
  some('1e300', '99999999999999999999', '-0', 'NaN', '0x1', '1e999', '00', ''),
)
const dates = fc.oneof(
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  some(
    '0000-01-01',
    '99999-01-01T00:00:00Z',
    '2026-02-30',
    '2026-13-45T99:99:99Z',
    '2026-01-01T00:00:00+99:99',
  ),
)
const value = fc.oneof(anyText, rawText, inherited, numbers, dates)

/** A known word three times of four. */
const mostly = (known: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof({ weight: 3, arbitrary: known }, { weight: 1, arbitrary: value })

const filterOf = (fields: readonly string[]): fc.Arbitrary<string> => {
  const literal = fc.oneof(
    value,
    value.map((text) => `"${text}"`),
    fc.array(value, { maxLength: 5 }).map((list) => `[${list.map((text) => `"${text}"`).join(',')}]`),
    fc.nat(2_000).map((depth) => '['.repeat(depth)),
  )
  const condition = fc
    .tuple(
      mostly(some('equals', 'any', 'has', 'contains', 'less-than', 'greater-than', 'greater-or-equal')),
      mostly(fields.length > 0 ? fc.constantFrom(...fields) : value),
      literal,
    )
    .map(([operator, field, text]) => `${operator}(${field},${text})`)
  const joined = fc.array(condition, { minLength: 1, maxLength: 3 }).map((list) => list.join(','))
  return fc.oneof(
    joined,
    joined.map((text) => `and(${text})`),
    value,
  )
}

/** A request for an operation of the API, with parameters that it knows and values that it may not. */
const apiTargets = fc
  .constantFrom(...operations)
  .chain(({ path, filter, sorts, includes, fields, additionalFields }) => {
    const names = (record: object): fc.Arbitrary<string> =>
      fc.oneof(some('x', ...Object.keys(record)), inherited, anyText)
    const list = (known: readonly string[]): fc.Arbitrary<string> =>
      fc.array(mostly(some('id', ...known)), { maxLength: 4 }).map((each) => each.join(','))
    const parameter = fc.oneof(
      filterOf(Object.keys(filter?.fields ?? {})).map((text) => `filter=${text}`),
      mostly(some('id', ...sorts)).map((text) => `sort=${text}`),
      list(includes).map((text) => `include=${text}`),
      fc
        .tuple(names(fields), list(Object.values(fields).flat()))
        .map(([type, text]) => `fields[${type}]=${text}`),
      fc
        .tuple(names(additionalFields), list(Object.values(additionalFields).flat()))
        .map(([type, text]) => `additional-fields[${type}]=${text}`),
      mostly(fc.integer({ min: -1, max: 1_001 }).map(String)).map((text) => `page[size]=${text}`),
      fc
        .oneof(
          value,
          fc.json().map((text) => Buffer.from(text).toString('base64url')),
        )
        .map((text) => `page[cursor]=${text}`),
      fc.tuple(value, value).map(([name, text]) => `${name}=${text}`),
    )
    return fc
      .tuple(value, fc.array(parameter, { maxLength: 5 }), some('', '/', '//'))
      .map(([id, parameters, end]) => `${path.replace(/\{[^}]+\}/, id)}${end}?${parameters.join('&')}`)
  })

const targets = fc.oneof(
  { weight: 4, arbitrary: apiTargets },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.oneof(value, some('api', 'lists', '..', '', 'sandbox')))
      .map((parts) => `/${parts.join('/')}`),
  },
  {
    weight: 1,
    arbitrary: fc.oneof(rawText, fc.webUrl(), some('//', '*', 'http://', 'http://[', '/%', '/?%')),
  },
)
const headers = fc.record(
  {
    authorization: fc.oneof(
      value,
      value.map((text) => `Klaviyo-API-Key ${text}`),
    ),
    revision: fc.oneof(
      dates,
      dates.map((text) => text.slice(0, 10)),
      value,
      some('2025-10-15', '2026-04-15'),
    ),
    'accept-encoding': value,
    'content-length': fc.oneof(fc.nat(9).map(String), value),
    'transfer-encoding': fc.oneof(some('chunked', 'gzip, chunked'), value),
    expect: fc.oneof(some('100-continue'), value),
    upgrade: value,
    host: value,
  },
  { requiredKeys: [] },
)
const methods = fc.oneof(
  { weight: 6, arbitrary: fc.constant('GET') },
  {
    weight: 1,
    arbitrary: some('POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'HEAD', 'CONNECT', 'PROPFIND'),
  },
)
const noHeaders: fc.Arbitrary<Record<string, string>> = fc.constant({})

test('any request gets an answer of the API', { timeout: seconds * 2_000 + 60_000 }, () => {
  const inputs = fc.record({
    method: methods,
    target: targets.filter((target) => !/[\r\n ]/.test(target)),
    headers: fc.oneof({ weight: 3, arbitrary: noHeaders }, { weight: 1, arbitrary: headers }),
    body: fc.oneof(fc.constant(undefined), fc.string({ maxLength: 50 })),
  })
  return holds(0.6, inputs, async ({ method, target, headers: extra, body }) => {
    const parts = { method, headers: extra, ...(body === undefined ? {} : { body }) }
    const answer = await raw(sandbox.port, request(sandbox.port, target, parts), { half: true })
    expectAnswer(answer.text, answer.status, answer.head, answer.body, method)
  })
})

/** Nothing (a request that never was complete), Node's own refusal of what is no HTTP, or a document of the API. */
function expectAnswer(text: string, status: number, head: string, body: string, method: string): void {
  expect(status === 0 ? text : status, text.slice(0, 2_000)).toSatisfy(
    (found: unknown) => found === '' || (typeof found === 'number' && found < 500),
  )
  if (status <= 101 || body === '') return
  if (!head.includes('vnd.api+json')) return
  const document =
    method === 'HEAD' ? {} : (JSON.parse(body) as { data?: unknown; errors?: readonly { status: number }[] })
  if (status === 200) expect(document).toHaveProperty('data')
  else if (method !== 'HEAD') expect(document.errors?.[0]?.status).toBe(status)
}

/** Values that the control endpoints must refuse, and a few that they may take. Time is moved by a little at most. */
const json = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  inherited,
  fc.integer({ min: -3, max: 20 }),
  fc.double({ min: 1e16, noNaN: true, noDefaultInfinity: true }),
)
const known = { type: fc.oneof(some('event', 'profile', 'list'), json), id: json }
const inputs: Readonly<Record<string, Readonly<Record<string, fc.Arbitrary<unknown>>>>> = {
  advance: { ms: json },
  events: { count: json, fromS: json, toS: json, visibleAfterMs: json },
  profiles: { count: json },
  touch: { ids: fc.oneof(json, fc.array(json)) },
  update: { ...known, attributes: json },
  delete: known,
}
const calls = fc.oneof(
  ...Object.entries(inputs).map(([verb, fields]) =>
    fc
      .record(
        { ...fields, account: fc.oneof({ weight: 3, arbitrary: fc.constant(1) }, json) },
        { requiredKeys: [] },
      )
      .map((input) => ({ verb, body: JSON.stringify(input) })),
  ),
  fc.record({
    verb: value.map((text) => text.replaceAll(/[\r\n ]/g, '')),
    body: fc.oneof(fc.json(), fc.string({ unit: 'binary' })),
  }),
)

test(
  'the control endpoints take what they can and refuse the rest',
  { timeout: seconds * 2_000 + 60_000 },
  () =>
    holds(0.2, calls, async ({ verb, body }) => {
      const parts = { method: 'POST', body: Buffer.from(body).toString('latin1') }
      const answer = await raw(sandbox.port, request(sandbox.port, `/sandbox/${verb}`, parts))
      expect([200, 400, 404, 413], answer.text.slice(0, 500)).toContain(answer.status)
    }),
)

test('any bytes at all', { timeout: seconds * 2_000 + 60_000 }, () => {
  const ordinary =
    'GET /api/lists HTTP/1.1\r\nhost: 127.0.0.1:PORT\r\nrevision: 2026-07-15\r\ncontent-length: 3\r\n\r\n{}\n'
  const spoiled = fc
    .tuple(
      fc.nat(ordinary.length),
      fc.nat(12),
      fc.string({ unit: 'binary-ascii', maxLength: 8 }),
      fc.integer({ min: 1, max: 4 }),
    )
    .map(([at, cut, text, times]) => (ordinary.slice(0, at) + text + ordinary.slice(at + cut)).repeat(times))
    .map((text) => Buffer.from(text, 'latin1'))
  const bytes = fc.oneof(
    { weight: 3, arbitrary: spoiled },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 400 }) },
  )
  return holds(0.2, bytes, async (input) => {
    const sent = Buffer.from(
      Buffer.from(input).toString('latin1').replaceAll('PORT', String(sandbox.port)),
      'latin1',
    )
    const { status, text } = await raw(sandbox.port, sent, { half: true })
    expect(status === 0 ? text : status, text.slice(0, 500)).toSatisfy(
      (found: unknown) => found === '' || (typeof found === 'number' && found < 500),
    )
  })
})
