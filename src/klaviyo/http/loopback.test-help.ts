import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Secret } from '../../util/secret.ts'
import type { Clock } from '../../util/clock.ts'
import { createClient, type Client, type ClientOptions, type ClientRequest, type Limited } from './client.ts'
import { createGovernor } from './governor.ts'

export type Handler = (request: IncomingMessage, response: ServerResponse, number: number) => void

export interface Loopback extends AsyncDisposable {
  readonly origin: string
  readonly requests: readonly IncomingMessage[]
}

/** A real server on a free port of this machine. Handlers answer in turn; the last one answers all that follow. */
export async function loopback(...handlers: readonly Handler[]): Promise<Loopback> {
  const requests: IncomingMessage[] = []
  const server = createServer((request, response) => {
    requests.push(request)
    const handler = handlers[Math.min(requests.length, handlers.length) - 1]
    handler?.(request, response, requests.length)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export const JSON_API = { 'content-type': 'application/vnd.api+json' }

/** A body that is text goes as it is. */
export const answer =
  (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Handler =>
  (_, response) => {
    response
      .writeHead(status, { ...JSON_API, ...headers })
      .end(typeof body === 'string' ? body : JSON.stringify(body))
  }

export const fault = (status: number, code: string, detail: string, source?: object): Handler =>
  answer(status, { errors: [{ id: 'x', status, code, title: 'A title.', detail, source }] })

export const html =
  (status: number): Handler =>
  (_, response) => {
    response
      .writeHead(status, { 'content-type': 'text/html; charset=utf-8' })
      .end('<!doctype html><p>Just a moment')
  }

/** Waits of a retry pass at once and are noted; a timeout's wait lasts until it is called off. */
export class SkippingClock implements Clock {
  readonly slept: number[] = []
  #nowMs = Date.UTC(2026, 4, 1)

  now(): number {
    return this.#nowMs
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    if (delayMs === NEVER_MS) {
      return new Promise((_, reject) => {
        signal?.addEventListener('abort', () => reject(new Error('called off')), { once: true })
      })
    }
    this.slept.push(delayMs)
    this.#nowMs += delayMs
    return Promise.resolve()
  }
}

export const NEVER_MS = 86_399_999
export const NO_TIMEOUTS = { headersMs: NEVER_MS, bodyIdleMs: NEVER_MS, noticeMs: NEVER_MS }
export const KEY = 'pk_do_not_print_me'

export type Harness = Readonly<{ client: Client; clock: SkippingClock; events: Limited[] }>

export function harness(baseUrl: string, options: Partial<ClientOptions> = {}): Harness {
  const clock = new SkippingClock()
  const events: Limited[] = []
  const client = createClient({
    account: 'acme',
    apiKey: new Secret(KEY),
    revision: '2026-07-15',
    baseUrl,
    clock,
    random: () => 0.5,
    governor: createGovernor({ clock: options.clock ?? clock }),
    userAgent: 'sluice/test',
    timeouts: NO_TIMEOUTS,
    onEvent: (event) => events.push(event),
    ...options,
  })
  return { client, clock, events }
}

export const request = (more: Partial<ClientRequest> = {}): ClientRequest => ({
  path: '/api/events',
  query: [['page[size]', '1000']],
  rate: { perSecond: 350, perMinute: 3_500 },
  table: { name: 'events', scopes: ['events:read'] },
  signal: new AbortController().signal,
  ...more,
})

/** What a rejected promise was rejected with. */
export const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => {
      throw new Error('it did not fail')
    },
    (error: unknown) => error,
  )
