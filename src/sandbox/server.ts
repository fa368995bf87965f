import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { type Reply, reply } from './deliver.ts'
import { badInput, denied, errorBody, serverError, wrongMethod } from './errors.ts'
import { readTarget, type Target } from './target.ts'

/** Answers a request that was let in. What it throws becomes a 500, or cuts an answer that had begun. */
export type Handle = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<void>

/** Where it listens. */
export const ADDRESS = '127.0.0.1'
const NAMES = [ADDRESS, 'localhost', '[::1]']

/** Listens on loopback and hands on what is a request for this server; everything else is refused here. */
export async function serve(port: number, handle: Handle): Promise<Server> {
  const server = createServer()
  server.on('request', (request, response) => {
    const target = readTarget(request.url ?? '')
    const refusal = target === null ? NO_TARGET() : foreignHost(request, target, portOf(server))
    if (target === null || refusal !== null) {
      send(response, refusal ?? NO_TARGET())
      return
    }
    handle(request, response, target.url).catch((error: unknown) => {
      if (response.headersSent) response.destroy()
      else send(response, bug(error))
    })
  })
  server.on('connect', refuseTunnel)
  // Clients keep connections for minutes; closing one just as it is used again would be a fault that nobody asked for.
  server.keepAliveTimeout = 120_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, ADDRESS, resolve)
  })
  return server
}

export const portOf = (server: Server): number => (server.address() as AddressInfo).port

/**
 * Refuses a request that was meant for another host. A web page can have its own name resolve to 127.0.0.1 and then read
 * and change everything here as if it were its own server (DNS rebinding); the name in `Host` gives it away.
 */
function foreignHost(request: IncomingMessage, target: Target, port: number): Reply | null {
  const hosts = target.host === null ? (request.headersDistinct['host'] ?? []) : [target.host]
  const own = NAMES.flatMap((name) => (port === 80 ? [`${name}:80`, name] : [`${name}:${port}`]))
  if (hosts.length === 1 && own.includes(hosts[0]?.toLowerCase() ?? '')) return null
  const asked = hosts.length === 0 ? 'a request without a host' : `"${hosts.join('", "')}"`
  return reply(403, errorBody([denied(`The sandbox answers to ${own.join(', ')} only, not to ${asked}.`)]))
}

const NO_TARGET = (): Reply =>
  reply(400, errorBody([badInput('/data/', 'The target of the request is neither a path nor an http URL.')]))

function bug(error: unknown): Reply {
  const cause = error instanceof Error ? error.message : String(error)
  return reply(500, errorBody([serverError(500)]), {
    'x-sandbox-error': cause.slice(0, 1_000).replace(/[^\x20-\x7e]/g, ' '),
  })
}

function send(response: ServerResponse, { status, headers, body }: Reply): void {
  response.writeHead(status, { ...headers, 'content-length': body.length }).end(body)
}

/** Node would hang up on `CONNECT` without a word. Nobody else listens for errors of this socket. */
function refuseTunnel(_: IncomingMessage, socket: Duplex): void {
  const { headers, body } = reply(405, errorBody([wrongMethod('CONNECT')]))
  const lines = Object.entries({ ...headers, 'content-length': body.length, connection: 'close' })
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  socket.on('error', () => socket.destroy())
  socket.end(`HTTP/1.1 405 Method Not Allowed\r\n${head}\r\n${body.toString()}`, () => socket.destroy())
}
