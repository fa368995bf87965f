import { connect } from 'node:net'

/** What came back over a socket before it was closed. `status` 0: nothing that is HTTP. */
export type RawAnswer = Readonly<{ status: number; head: string; body: string; text: string }>

type Parts = Readonly<{
  method?: string
  headers?: Readonly<Record<string, string | null>>
  body?: string
}>

/** A request as its bytes (latin1), with an ordinary key and revision unless told otherwise; `null` leaves a header out. */
export function request(
  port: number,
  target: string,
  { method = 'GET', headers = {}, body }: Parts = {},
): string {
  const all = {
    host: `127.0.0.1:${port}`,
    authorization: 'Klaviyo-API-Key pk_test',
    revision: '2026-07-15',
    connection: 'close',
    ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body, 'latin1')) }),
    ...headers,
  }
  const lines = Object.entries(all).flatMap(([name, value]) =>
    value === null ? [] : [`${name}: ${value}\r\n`],
  )
  return `${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n${body ?? ''}`
}

/** Writes bytes and reads until the other side closes, or this side after `patienceMs`. Never rejects for what is sent. */
export function raw(
  port: number,
  bytes: string | Uint8Array,
  { half = false, patienceMs = 10_000 }: Readonly<{ half?: boolean; patienceMs?: number }> = {},
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    const parts: Buffer[] = []
    socket.setTimeout(patienceMs, () => socket.destroy())
    socket.on('connect', () => {
      socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
      if (half) socket.end()
    })
    socket.on('data', (part) => parts.push(part))
    socket.on('end', () => socket.destroy())
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // A server that answers before it has read everything may reset the connection.
      if (error.code === 'ECONNREFUSED') reject(error)
    })
    socket.on('close', () => resolve(parsed(Buffer.concat(parts))))
  })
}

function parsed(received: Buffer): RawAnswer {
  const goOn = 'HTTP/1.1 100 Continue\r\n\r\n'
  const bytes = received.subarray(received.indexOf(goOn) === 0 ? goOn.length : 0)
  const text = bytes.toString('latin1')
  const end = text.indexOf('\r\n\r\n')
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1] ?? 0)
  if (end < 0) return { status, head: text, body: '', text }
  return { status, head: text.slice(0, end), body: bytes.subarray(end + 4).toString('utf8'), text }
}

/** The first error of a JSON:API document. */
export const detailOf = ({ body }: RawAnswer): string =>
  (JSON.parse(body) as { errors: readonly { detail: string }[] }).errors[0]?.detail ?? ''
