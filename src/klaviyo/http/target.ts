import { SluiceError } from '../../model/errors.ts'

/** Klaviyo's own origin; `next` links name it even where a sandbox or a proxy stands in between. */
export const KLAVIYO_ORIGIN = 'https://a.klaviyo.com'

/** `https://host[:port]` of a base URL; anything more in it is a `usage` error. */
export function originOf(baseUrl: string): string {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : null
  const bare =
    url !== null && (url.pathname === '/' || url.pathname === '') && url.search === '' && url.hash === ''
  const plain = url !== null && url.username === '' && url.password === '' && /^https?:$/.test(url.protocol)
  if (url === null || !bare || !plain) {
    // The text itself is not repeated: a password may be in it.
    throw new SluiceError(
      'invalid-source-uri',
      `base_url must be an address like "${KLAVIYO_ORIGIN}" or "http://127.0.0.1:8080".`,
    )
  }
  return url.origin
}

/** Path and query as sent. A query that is text goes as it is. */
export function targetOf(path: string, query: string | readonly (readonly [string, string])[]): string {
  const text =
    typeof query === 'string'
      ? query
      : query.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&')
  return text === '' ? path : `${path}?${text}`
}
