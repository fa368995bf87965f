import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { getHeapStatistics } from 'node:v8'
import type { Changes } from './changes.ts'
import { BadInput, type Input, object, readInput, text, texts, whole } from './control-input.ts'
import { OutOfRange } from './out-of-range.ts'
import type { Sandbox } from './sandbox.ts'

/** New rows in one request. */
const MAX_ROWS = 100_000
/** Events keep their seconds in 32 bits, are written with ten digits of them, and sorted within 34 years. */
const MIN_SECONDS = 1_000_000_000
const MAX_SECONDS = 0xffff_ffff
const MAX_SPAN = 2 ** 30
const MAX_MS = Number.MAX_SAFE_INTEGER
/** What is added stays. Past this share of the heap that Node may use, young objects included, nothing more is taken. */
const FULL = 0.5
/** Measured: 1,300 bytes stay of an event; as much again lies about while it is made. */
const ROW_BYTES = 2_600

/**
 * The sandbox's own endpoints, outside `/api`: for another process that wants to know or to change what this one holds.
 * They need no key, as the server listens on loopback only; pages in a browser are kept out by their `Origin`.
 *
 * `GET /sandbox/stats` · `GET /sandbox/now` · `GET /sandbox/truth/<table>?account=1` (one resource a line) ·
 * `POST /sandbox/advance {ms}` · `POST /sandbox/events {count, fromS, toS, visibleAfterMs}` ·
 * `POST /sandbox/profiles {count}` · `POST /sandbox/touch {ids}` · `POST /sandbox/update {type, id, attributes}` ·
 * `POST /sandbox/delete {type, id}` · `POST /sandbox/reset-stats`. Every one that changes data takes `account`.
 */
export async function control(
  sandbox: Sandbox,
  request: IncomingMessage,
  response: ServerResponse,
  target: URL,
): Promise<void> {
  const send = (status: number, value: unknown): void => {
    const body = Buffer.from(`${JSON.stringify(value)}\n`)
    response
      .writeHead(status, { 'content-type': 'application/json', 'content-length': body.length })
      .end(body)
  }
  if (request.headers.origin !== undefined) {
    send(403, { error: 'The control endpoints do not answer pages in a browser.' })
    return
  }
  const [, , verb = '', table = ''] = target.pathname.split('/')
  const isRead = request.method === 'GET'
  if (!isRead && request.method !== 'POST') {
    send(405, { error: `The control endpoints know GET and POST, not ${request.method}.` })
    return
  }
  try {
    if (isRead && verb === 'truth') {
      await writeTruth(sandbox, response, table, target.searchParams)
      return
    }
    const result = isRead ? look(sandbox, verb) : change(sandbox, verb, await readInput(request))
    if (result === null)
      send(404, { error: `The sandbox has no control endpoint "${verb}" for this method.` })
    else send(200, result)
  } catch (error) {
    if (response.headersSent || !(error instanceof BadInput || error instanceof OutOfRange)) throw error
    send(error instanceof BadInput ? error.status : 400, { error: error.message })
  }
}

function look(sandbox: Sandbox, verb: string): unknown {
  switch (verb) {
    case '':
      return { url: sandbox.url, keys: sandbox.keys, nowMs: sandbox.clock.now() }
    case 'now':
      return { nowMs: sandbox.clock.now() }
    case 'stats':
      return sandbox.stats()
    default:
      return null
  }
}

function change(sandbox: Sandbox, verb: string, input: Input): unknown {
  const changes = (rows = 0): Changes => {
    const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics()
    if (used + rows * ROW_BYTES > FULL * limit) throw new BadInput('The sandbox is full. Start it anew.', 507)
    return sandbox.changes(whole(input, 'account', { min: 1, max: MAX_MS, otherwise: 1 }))
  }
  switch (verb) {
    case 'advance':
      sandbox.clock.advance(whole(input, 'ms', { min: 0, max: MAX_MS }))
      return { nowMs: sandbox.clock.now() }
    case 'events': {
      const nowS = Math.floor(sandbox.clock.now() / 1000)
      const toS = whole(input, 'toS', { min: MIN_SECONDS + 1, max: MAX_SECONDS, otherwise: nowS })
      const min = Math.max(MIN_SECONDS, toS - MAX_SPAN)
      const fromS = whole(input, 'fromS', { min, max: toS - 1, otherwise: Math.max(min, toS - 3600) })
      const count = whole(input, 'count', { min: 0, max: MAX_ROWS })
      const visibleAfterMs = whole(input, 'visibleAfterMs', { min: 0, max: MAX_MS, otherwise: 0 })
      return { ids: changes(count).addEvents({ count, fromS, toS, visibleAfterMs }) }
    }
    case 'profiles': {
      const count = whole(input, 'count', { min: 0, max: MAX_ROWS })
      return { ids: changes(count).addProfiles(count) }
    }
    case 'touch': {
      const ids = texts(input, 'ids')
      const touching = changes()
      return { touched: ids.filter((id) => touching.touchProfile(id)).length }
    }
    case 'update': {
      const [type, id, attributes] = [text(input, 'type'), text(input, 'id'), object(input, 'attributes')]
      return { changed: changes().updateResource(type, id, attributes) }
    }
    case 'delete': {
      const [type, id] = [text(input, 'type'), text(input, 'id')]
      return { deleted: changes().deleteResource(type, id) }
    }
    case 'reset-stats':
      sandbox.resetStats()
      return {}
    default:
      return null
  }
}

/** Lines as the reader takes them: millions of rows never lie in memory at once. */
async function writeTruth(
  sandbox: Sandbox,
  response: ServerResponse,
  table: string,
  parameters: URLSearchParams,
): Promise<void> {
  const account = Number(parameters.get('account') ?? 1)
  const additionalFields = (parameters.get('additional-fields') ?? '')
    .split(',')
    .filter((name) => name !== '')
  const lines = sandbox.truth(table, { account, additionalFields })
  response.writeHead(200, { 'content-type': 'application/x-ndjson' })
  await pipeline(Readable.from(batches(lines)), response)
}

function* batches(lines: Iterable<string>): Generator<string> {
  let batch = ''
  for (const line of lines) {
    batch += `${line}\n`
    if (batch.length < 1 << 18) continue
    yield batch
    batch = ''
  }
  if (batch !== '') yield batch
}
