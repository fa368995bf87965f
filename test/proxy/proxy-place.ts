import type { lookup, LookupOptions } from 'node:dns'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Server } from 'proxy-chain'
import type { PrepareRequestFunctionResult } from 'proxy-chain'
import { generate } from 'selfsigned'

/** A host that only the proxy knows the way to. */
export const HOST = 'klaviyo.internal.example'

/** What a proxy was asked: all that it can know of what goes through it. */
export type Asked = Readonly<{
  method: string | undefined
  url: string | undefined
  headers: IncomingHttpHeaders
}>

export interface ProxyPlace extends AsyncDisposable {
  readonly port: number
  readonly asked: readonly Asked[]
  /** `https://` address of the server behind the proxy. */
  readonly origin: string
  /** File with the certificate that the server behind is to be trusted by. */
  readonly certificate: string
}

/** Whatever the name, this machine. */
const toLoopback = ((_: string, options: LookupOptions, done: (...found: unknown[]) => void): void => {
  if (options.all === true) done(null, [{ address: '127.0.0.1', family: 4 }])
  else done(null, '127.0.0.1', 4)
}) as typeof lookup

export type Access = Readonly<{ username: string; password: string; hostname: string }>

/** A TLS server in front of `behind`, and a real CONNECT proxy that leads to it if `decide` lets it. */
export async function openProxy(
  behind: string,
  decide: (access: Access) => PrepareRequestFunctionResult = () => ({}),
): Promise<ProxyPlace> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: HOST }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [{ type: 2, value: HOST }] },
    ],
  })
  const folder = await mkdtemp(join(tmpdir(), 'sluice-proxy-'))
  const certificate = join(folder, 'certificate.pem')
  await writeFile(certificate, cert)
  const server = createServer({ key, cert }, (request, response) => void pass(behind, request, response))
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const asked: Asked[] = []
  const proxy = new Server({
    port: 0,
    host: '127.0.0.1',
    prepareRequestFunction: ({ request: { method, url, headers }, username, password, hostname }) => {
      asked.push({ method, url, headers })
      return {
        dnsLookup: toLoopback,
        ...decide({ username, password, hostname }),
      }
    },
  })
  await proxy.listen()
  return {
    port: proxy.port,
    asked,
    origin: `https://${HOST}:${(server.address() as AddressInfo).port}`,
    certificate,
    [Symbol.asyncDispose]: async () => {
      await proxy.close(true)
      await new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      })
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function pass(
  behind: string,
  { url, headers }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { authorization = '', revision = '' } = headers
  const answer = await fetch(`${behind}${url}`, { headers: { authorization, revision: String(revision) } })
  response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' })
  response.end(Buffer.from(await answer.arrayBuffer()))
}
