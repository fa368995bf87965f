import { createServer, type AddressInfo, type Socket } from 'node:net'
import { RequestError } from 'proxy-chain'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failure, harness, request } from '../../src/klaviyo/http/loopback.test-help.ts'
import { proxiesIn } from '../../src/util/proxies.ts'
import { expectRefusal, openPlace, type Place } from '../cli/place.ts'
import { buildCli, type CliResult } from '../scenarios/cli.ts'
import { HOST, openProxy } from './proxy-place.ts'

const PASSWORD = 'secret@:/ü'
const AUTHORITY = `agent:${encodeURIComponent(PASSWORD)}`

let place: Place

beforeAll(async () => {
  buildCli()
  place = await openPlace()
})
afterAll(() => place[Symbol.asyncDispose]())

let files = 0
const ingest = (origin: string, env: Readonly<Record<string, string>>): Promise<CliResult> =>
  place.run(
    [
      'ingest',
      `--source-uri=klaviyo://?api_key=pk_test&account=shop&base_url=${origin}`,
      '--source-table=metrics',
      `--dest-uri=duckdb:///${(files += 1)}.duckdb`,
      '--dest-table=k.metrics',
    ],
    { env },
  )

describe('the command line goes through the proxy', () => {
  test.each(['HTTPS_PROXY', 'https_proxy'])(
    'that %s names, and the key stays inside the tunnel',
    async (name) => {
      await using proxy = await openProxy(place.sandbox.url, ({ username, password }) => ({
        requestAuthentication: username !== 'agent' || password !== PASSWORD,
      }))
      const { code, stderr } = await ingest(proxy.origin, {
        [name]: `${AUTHORITY}@127.0.0.1:${proxy.port}`,
        NODE_EXTRA_CA_CERTS: proxy.certificate,
      })
      expect(code, stderr).toBe(0)
      expect(proxy.asked.length).toBeGreaterThan(0)
      for (const { method, url, headers } of proxy.asked) {
        expect([method, url]).toEqual(['CONNECT', new URL(proxy.origin).host])
        expect(JSON.stringify(headers)).not.toContain('pk_test')
        expect(Object.keys(headers)).not.toContain('authorization')
      }
      expect(stderr).not.toMatch(/secret|pk_test/)
    },
  )

  test('but never to this machine', async () => {
    await using proxy = await openProxy(place.sandbox.url)
    const address = `http://127.0.0.1:${proxy.port}`
    expect((await ingest(place.sandbox.url, { HTTPS_PROXY: address, HTTP_PROXY: address })).code).toBe(0)
    expect(proxy.asked).toEqual([])
  })

  test('and does not show its password when that is wrong, nor the address when it is none', async () => {
    await using proxy = await openProxy(place.sandbox.url, () => ({ requestAuthentication: true }))
    expectRefusal(
      await ingest(proxy.origin, { HTTPS_PROXY: `http://${AUTHORITY}@127.0.0.1:${proxy.port}` }),
      {
        code: 1,
        says: `cannot be reached: the proxy "127.0.0.1:${proxy.port}" does not accept the user name and password (407), tried once. Put the right ones into HTTPS_PROXY`,
      },
    )
    expectRefusal(await ingest(proxy.origin, { HTTPS_PROXY: 'socks5://agent:secret@127.0.0.1:1' }), {
      code: 2,
      says: 'The environment variable HTTPS_PROXY must be the address of an HTTP proxy',
    })
  })
})

/** What a client says in that environment; its waits take no time. */
async function told(baseUrl: string, env: Readonly<Record<string, string>>): Promise<string> {
  const { client } = harness(baseUrl, { proxies: proxiesIn(env) })
  await using _ = client
  return String(await failure(client.get(request())))
}

const through = (port: number, more: object = {}) => ({ HTTPS_PROXY: `http://127.0.0.1:${port}`, ...more })

describe('a proxy in the way is told as such', () => {
  test('that wants a password', async () => {
    await using proxy = await openProxy(place.sandbox.url, () => ({ requestAuthentication: true }))
    expect(await told(proxy.origin, through(proxy.port))).toMatch(
      /the proxy "127\.0\.0\.1:\d+" wants a user name and a password \(407\), tried once\. Put the right ones/,
    )
    expect(proxy.asked).toHaveLength(1)
  })

  test.each([
    [403, 'tried once'],
    [502, 'tried 3 times'],
  ] as const)('that does not connect to the host: %i', async (status, tries) => {
    await using proxy = await openProxy(place.sandbox.url, () => {
      throw new RequestError('No.', status)
    })
    expect(await told(proxy.origin, through(proxy.port))).toMatch(
      new RegExp(
        `did not connect to "${HOST}:\\d+" \\(${status}\\), ${tries}.* or name the host in NO_PROXY\\.$`,
      ),
    )
  })

  test('that is not there, hangs up, or is no proxy', async () => {
    let connections = 0
    const gone = await listening(() => undefined)
    await gone[Symbol.asyncDispose]()
    await using hangsUp = await listening((socket) => {
      connections += 1
      socket.destroy()
    })
    await using mail = await listening((socket) => socket.end('220 mail ready\r\n'))
    for (const { port } of [gone, hangsUp, mail])
      expect(await told(`https://${HOST}`, through(port))).toMatch(
        new RegExp(
          `the proxy "127.0.0.1:${port}" cannot be reached.*, tried 3 times in .* Check HTTPS_PROXY`,
        ),
      )
    expect(connections).toBe(3)
  })

  test('whose traffic is not trusted', async () => {
    await using proxy = await openProxy(place.sandbox.url)
    expect(await told(proxy.origin, through(proxy.port))).toMatch(
      /DEPTH_ZERO_SELF_SIGNED_CERT\), tried once\. If a company proxy signs the traffic, name its certificate/,
    )
  })

  test('but not where NO_PROXY names the host', async () => {
    await using proxy = await openProxy(place.sandbox.url)
    for (const NO_PROXY of ['*', 'other.example, .internal.example', HOST])
      expect(await told(proxy.origin, through(proxy.port, { NO_PROXY }))).toMatch(/ENOTFOUND|EAI_AGAIN/)
    expect(proxy.asked).toEqual([])
  })

  test('and plain http goes by a tunnel too', async () => {
    await using proxy = await openProxy(place.sandbox.url)
    const { client } = harness(place.sandbox.url.replace('127.0.0.1', HOST), {
      proxies: proxiesIn({ http_proxy: `127.0.0.1:${proxy.port}` }),
    })
    await using _ = client
    expect(await failure(client.get(request()))).toMatchObject({ fault: 'credentials' })
    expect(proxy.asked.map(({ method }) => method)).toEqual(['CONNECT'])
  })
})

async function listening(
  answer: (socket: Socket) => void,
): Promise<AsyncDisposable & Readonly<{ port: number }>> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    answer(socket)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}
