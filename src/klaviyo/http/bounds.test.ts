import { createServer, type Server, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { createGzip, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { SluiceError } from '../../model/errors.ts'
import { systemClock } from '../../util/clock.ts'
import type { ClientOptions } from './client.ts'
import { failure, harness, NO_TIMEOUTS, request } from './loopback.test-help.ts'

/** What a raw socket answers; no HTTP library keeps it from misbehaving. */
type Answer = (socket: Socket) => void

async function raw(
  answer: Answer,
): Promise<AsyncDisposable & Readonly<{ origin: string; asked: () => number }>> {
  let asked = 0
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('data', () => {
      asked += 1
      answer(socket)
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: () => asked,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/vnd.api+json\r\n'
const impatient: Partial<ClientOptions> = { clock: systemClock, retries: { attempts: 2, baseMs: 1 } }

async function told(origin: string, options: Partial<ClientOptions>): Promise<string> {
  const { client } = harness(origin, options)
  await using _ = client
  const error = await failure(client.get(request()))
  expect(error).toBeInstanceOf(SluiceError)
  return String(error)
}

/** Writes a piece again and again until the other side has had enough. */
const forever =
  (head: string, piece: string | Buffer, everyMs: number): Answer =>
  (socket) => {
    socket.write(head)
    const timer = setInterval(() => void socket.write(piece), everyMs)
    socket.on('close', () => clearInterval(timer))
  }

describe('a body', () => {
  test('that drips for ever is ended', async () => {
    await using server = await raw(forever(`${HEAD}content-length: 100000\r\n\r\n`, ' ', 10))
    expect(
      await told(server.origin, { ...impatient, timeouts: { ...NO_TIMEOUTS, bodyIdleMs: 200 } }),
    ).toMatch(/a body that came too slowly \(\d+ bytes in 0\.2 s\), tried 2 times/)
    expect(server.asked()).toBe(2)
  })

  test('that never ends is ended by its size, and not asked for again', async () => {
    await using server = await raw(
      forever(`${HEAD}transfer-encoding: chunked\r\n\r\n`, `10000\r\n${' '.repeat(65_536)}\r\n`, 0),
    )
    expect(await told(server.origin, { ...impatient, bodies: { maxBytes: 4 * 1024 * 1024 } })).toMatch(
      /a body of more than 4 MB, tried once\. Klaviyo's pages have a few/,
    )
    expect(server.asked()).toBe(1)
  })

  test('that inflates without measure takes no more memory than it may', async () => {
    // A gigabyte of zeros, whose trailer claims as much, and the same with a trailer that claims nothing.
    const bomb = await zeros(1024)
    const modest = Buffer.concat([bomb.subarray(0, -4), Buffer.alloc(4)])
    for (const body of [bomb, modest]) {
      await using server = await raw((socket) => {
        socket.write(`${HEAD}content-encoding: gzip\r\ncontent-length: ${body.length}\r\n\r\n`)
        socket.end(body)
      })
      const before = process.memoryUsage().rss
      expect(await told(server.origin, { ...impatient, bodies: { maxBytes: 32 * 1024 * 1024 } })).toMatch(
        /a body of more than 32 MB, tried once/,
      )
      expect(process.memoryUsage().rss - before).toBeLessThan(300 * 1024 * 1024)
    }
  })

  test('in many pieces of gzip is one', async () => {
    const body = Buffer.concat(['{"data":[],', '"links":{}}'].map((text) => gzipSync(text)))
    await using server = await raw((socket) => {
      socket.write(`${HEAD}content-encoding: gzip\r\ncontent-length: ${body.length}\r\n\r\n`)
      socket.end(body)
    })
    const { client } = harness(server.origin)
    await using _ = client
    expect((await client.get(request())).body.toString()).toBe('{"data":[],"links":{}}')
  })
})

test('headers without end are ended, by their size and by their time', async () => {
  const drip = forever('HTTP/1.1 200 OK\r\n', `x-a: ${'a'.repeat(200)}\r\n`, 1)
  await using large = await raw(drip)
  expect(await told(large.origin, impatient)).toMatch(/headers beyond all bounds .*, tried 2 times/)
  await using slow = await raw(forever('HTTP/1.1 200 OK\r\n', 'x-a: a\r\n', 20))
  expect(await told(slow.origin, { ...impatient, timeouts: { ...NO_TIMEOUTS, headersMs: 300 } })).toMatch(
    /no answer within 0\.3 s, tried 2 times/,
  )
})

test('what takes long is told before it ends', async () => {
  await using server = await raw((socket) => {
    setTimeout(() => socket.write(`${HEAD}content-length: 2\r\n\r\n{`), 150)
    setTimeout(() => socket.end('}'), 300)
  })
  const timeouts = { headersMs: 5_000, bodyIdleMs: 5_000, noticeMs: 50 }
  const { client, events } = harness(server.origin, { clock: systemClock, timeouts })
  await using _ = client
  await client.get(request())
  expect(events).toEqual([
    { type: 'limited', table: 'events', waitMs: 4_950, reason: 'slow', why: 'no answer for 0.05 s' },
    {
      type: 'limited',
      table: 'events',
      waitMs: 5_000,
      reason: 'slow',
      why: 'the answer has been coming for 0.05 s',
    },
  ])
})

async function zeros(megabytes: number): Promise<Buffer> {
  const gzip = createGzip()
  const pieces: Buffer[] = []
  gzip.on('data', (piece: Buffer) => pieces.push(piece))
  const ended = new Promise((resolve) => gzip.on('end', resolve))
  const megabyte = Buffer.alloc(1024 * 1024)
  for (let count = 0; count < megabytes; count += 1)
    if (!gzip.write(megabyte)) await new Promise((resolve) => gzip.once('drain', resolve))
  gzip.end()
  await ended
  return Buffer.concat(pieces)
}
