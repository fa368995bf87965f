import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Sandbox } from './sandbox.ts'

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
    response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(value)}\n`)
  }
  if (request.headers.origin !== undefined) {
    send(403, { error: 'The control endpoints do not answer pages in a browser.' })
    return
  }
  const [, , verb = '', table = ''] = target.pathname.split('/')
  if (request.method === 'GET' && verb === 'truth') {
    await writeTruth(sandbox, response, table, target.searchParams)
    return
  }
  try {
    const input = request.method === 'POST' ? await readJson(request) : {}
    const result = request.method === 'POST' ? change(sandbox, verb, input) : look(sandbox, verb)
    if (result === null) send(404, { error: `The sandbox has no control endpoint "${verb}".` })
    else send(200, result)
  } catch (error) {
    send(400, { error: error instanceof Error ? error.message : String(error) })
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

type Input = Readonly<Record<string, unknown>>

function change(sandbox: Sandbox, verb: string, input: Input): unknown {
  const changes = sandbox.changes(number(input, 'account', 1))
  switch (verb) {
    case 'advance':
      sandbox.clock.advance(number(input, 'ms'))
      return { nowMs: sandbox.clock.now() }
    case 'events': {
      const nowS = Math.floor(sandbox.clock.now() / 1000)
      const toS = number(input, 'toS', nowS)
      const ids = changes.addEvents({
        count: number(input, 'count'),
        fromS: number(input, 'fromS', toS - 3600),
        toS,
        visibleAfterMs: number(input, 'visibleAfterMs', 0),
      })
      return { ids }
    }
    case 'profiles':
      return { ids: changes.addProfiles(number(input, 'count')) }
    case 'touch':
      return { touched: texts(input, 'ids').filter((id) => changes.touchProfile(id)).length }
    case 'update':
      return {
        changed: changes.updateResource(text(input, 'type'), text(input, 'id'), object(input, 'attributes')),
      }
    case 'delete':
      return { deleted: changes.deleteResource(text(input, 'type'), text(input, 'id')) }
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
  let batch = ''
  for (const line of lines) {
    batch += `${line}\n`
    if (batch.length < 1 << 18) continue
    if (!response.write(batch)) await new Promise((resolve) => response.once('drain', resolve))
    batch = ''
  }
  response.end(batch)
}

async function readJson(request: IncomingMessage): Promise<Input> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  const value: unknown = parts.length === 0 ? {} : JSON.parse(Buffer.concat(parts).toString('utf8'))
  if (typeof value !== 'object' || value === null) throw new Error('The body must be a JSON object.')
  return value as Input
}

function number(input: Input, name: string, otherwise?: number): number {
  const value = input[name] ?? otherwise
  if (typeof value !== 'number') throw new Error(`"${name}" must be a number.`)
  return value
}

function text(input: Input, name: string): string {
  const value = input[name]
  if (typeof value !== 'string') throw new Error(`"${name}" must be a text.`)
  return value
}

const texts = (input: Input, name: string): readonly string[] => {
  const value = input[name]
  if (!Array.isArray(value)) throw new Error(`"${name}" must be a list.`)
  return value.map(String)
}

function object(input: Input, name: string): Input {
  const value = input[name]
  if (typeof value !== 'object' || value === null) throw new Error(`"${name}" must be an object.`)
  return value as Input
}
