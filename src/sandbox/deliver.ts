import type { ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { errorBody, serverError, throttled } from './errors.ts'
import type { Fault } from './faults.ts'

/** What is to be sent. */
export type Reply = Readonly<{
  status: number
  headers: Readonly<Record<string, string>>
  body: Buffer
  rows: number
}>

export const JSON_API = 'application/vnd.api+json'

export const reply = (
  status: number,
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
  rows = 0,
): Reply => ({
  status,
  headers: { 'content-type': JSON_API, ...headers },
  body: typeof body === 'string' ? Buffer.from(body) : body,
  rows,
})

/** The answer that a fault puts in place of the real one; null when it only spoils how that is sent. */
export function replacement(fault: Fault): Reply | null {
  switch (fault.kind) {
    case 'status':
      return reply(fault.status, errorBody([serverError(fault.status)]))
    case 'throttle':
      return reply(429, errorBody([throttled(fault.retryAfterSeconds)]), {
        'retry-after': String(fault.retryAfterSeconds),
      })
    case 'challenge':
      return reply(403, CHALLENGE, {
        'content-type': 'text/html; charset=UTF-8',
        'cf-mitigated': 'challenge',
      })
    case 'answer':
      return reply(fault.status, fault.body, fault.headers)
    case 'reset':
    case 'slow':
    case 'truncated':
    case 'empty page':
    case 'short page':
    case 'hang':
      return null
    default:
      return fault satisfies never
  }
}

const CHALLENGE =
  '<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Checking your browser.</body></html>'

/** Sends it, as the fault will have it. Returns the bytes of body that were sent. */
export async function deliver(
  response: ServerResponse,
  { status, headers, body }: Reply,
  options: Readonly<{ fault: Fault | null; gzip: boolean }>,
): Promise<number> {
  const { fault } = options
  if (fault?.kind === 'hang') return 0
  if (fault?.kind === 'reset' && fault.at === 'before') {
    response.socket?.resetAndDestroy()
    return 0
  }
  const whole = fault?.kind === 'truncated' ? body.subarray(0, Math.floor(body.length * fault.at)) : body
  const sent = options.gzip ? gzipSync(whole, { level: 1 }) : whole
  response.writeHead(status, {
    ...headers,
    ...(options.gzip ? { 'content-encoding': 'gzip' } : {}),
    'content-length': sent.length,
  })
  if (fault?.kind === 'reset') {
    const part = sent.subarray(0, Math.floor(sent.length * Number(fault.at)))
    await new Promise<void>((resolve) => {
      response.write(part, () => resolve())
    })
    response.socket?.resetAndDestroy()
    return part.length
  }
  if (fault?.kind === 'slow') await trickle(response, sent, fault.overMs)
  else response.end(sent)
  return sent.length
}

const SLICES = 10

async function trickle(response: ServerResponse, body: Buffer, overMs: number): Promise<void> {
  const slice = Math.ceil(body.length / SLICES)
  for (let at = 0; at < body.length && !response.destroyed; at += slice) {
    response.write(body.subarray(at, at + slice))
    await new Promise((resolve) => setTimeout(resolve, overMs / SLICES))
  }
  response.end()
}
