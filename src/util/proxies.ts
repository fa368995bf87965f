import { isIPv4 } from 'node:net'
import { SluiceError } from '../model/errors.ts'

export type Env = Readonly<Record<string, string | undefined>>

/** Which proxy requests go through, as the environment says. Addresses may hold a password: never print them. */
export type Proxies = Readonly<{
  /** For `http://` addresses; empty: none. */
  http: string
  /** For `https://` addresses; empty: none. */
  https: string
  /** Hosts that are reached without one: names, `.domain`, `host:port`, or `*`. */
  except: string
}>

/**
 * What HTTPS_PROXY, HTTP_PROXY and NO_PROXY say, the names in lower case first; null where no proxy is named.
 * Addresses with https:// go through HTTP_PROXY too where HTTPS_PROXY is not set.
 * @throws SluiceError `usage` where a proxy's address is none; the text itself is not repeated.
 */
export function proxiesIn(env: Env): Proxies | null {
  const http = addressIn(env, 'HTTP_PROXY')
  const https = addressIn(env, 'HTTPS_PROXY') || http
  return http === '' && https === '' ? null : { http, https, except: valueOf(env, 'NO_PROXY') }
}

/** Whether a host is this machine: what goes there never goes through a proxy. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replaceAll(/^\[|\]$/g, '')
  return (
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    name === '::1' ||
    (isIPv4(name) && name.startsWith('127.'))
  )
}

/** An empty variable is as good as none. */
const valueOf = (env: Env, name: string): string => (env[name.toLowerCase()] || env[name] || '').trim()

function addressIn(env: Env, name: string): string {
  const text = valueOf(env, name)
  if (text === '') return ''
  // `proxy.example:3128` is how many write it.
  const address = text.includes('://') ? text : `http://${text}`
  const url = URL.canParse(address) ? new URL(address) : null
  if (url === null || !/^https?:$/.test(url.protocol) || !isDecodable(url.username + url.password)) {
    throw new SluiceError(
      'invalid-proxy',
      `The environment variable ${name} must be the address of an HTTP proxy, like "http://proxy.example:3128" or ` +
        '"http://user:password@proxy.example:3128" (percent-encode signs in user and password).',
    )
  }
  return url.href
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}
