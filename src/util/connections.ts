/** Connections for every HTTP client: through the proxy that the environment names, or straight. */
import type { Dispatcher } from 'undici'
import { isLoopback, type Proxies } from './proxies.ts'
import { ProxyFault } from './proxy-fault.ts'

export interface Connections extends AsyncDisposable {
  /** What to send a request to that origin with (`https://host[:port]`). Timeouts are the caller's. */
  to(origin: string): Dispatcher
}

export type ConnectionsOptions = Readonly<{
  /** See proxies.ts; null: no proxy. */
  proxies: Proxies | null
  /** Open to one origin at the same time, at most. */
  connections: number
}>

/**
 * Loads undici on the first call, which takes some 70 ms. What is sent through a proxy goes through a tunnel
 * (CONNECT), also to `http://` addresses, so that keys never stand in what the proxy is asked. Where the proxy does
 * not let a request through, that fails with a ProxyFault.
 */
export async function openConnections({ proxies, connections }: ConnectionsOptions): Promise<Connections> {
  const { Agent, EnvHttpProxyAgent, Pool } = await import('undici')
  const options = { connections, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 }
  const direct = new Agent(options)
  if (proxies === null) return { to: () => direct, [Symbol.asyncDispose]: () => direct.destroy() }
  const proxied = new EnvHttpProxyAgent({
    ...options,
    // Empty where there is none: undefined would make undici look into the environment itself.
    httpProxy: proxies.http,
    httpsProxy: proxies.https,
    noProxy: proxies.except,
    clientFactory: (proxy, ofPool) => telling(new Pool(proxy, ofPool), proxy),
  })
  return {
    to: (origin) => (isLoopback(new URL(origin).hostname) ? direct : proxied),
    [Symbol.asyncDispose]: async () => void (await Promise.all([direct.destroy(), proxied.destroy()])),
  }
}

/**
 * Makes connections to a proxy tell what was wrong. undici gives the status of a refusal in words only, and tries
 * for ever where a proxy hangs up.
 */
function telling(pool: Dispatcher, { host: proxy, password }: URL): Dispatcher {
  const open: (options: Dispatcher.ConnectOptions) => Promise<Dispatcher.ConnectData> =
    pool.connect.bind(pool)
  return Object.assign(pool, {
    connect: async (options: Dispatcher.ConnectOptions): Promise<Dispatcher.ConnectData> => {
      const tunnel = { proxy, host: options.path, hasPassword: password !== '' }
      const answer = await open(options).catch((cause: unknown) => {
        throw ProxyFault.unreachable(tunnel, cause)
      })
      if (answer.statusCode === 200) return answer
      answer.socket.on('error', () => undefined).destroy()
      throw ProxyFault.answered(answer.statusCode, tunnel)
    },
  })
}
