import { SluiceError } from '../../model/errors.ts'

/** What a URI says of a database behind a server, decoded. */
export type ServerUri = Readonly<{ url: URL; server: string; user: string; database: string }>

/**
 * `scheme://user:password@host:port/database?options`
 * @param example what to write, for the message
 * @throws SluiceError
 */
export function parseServerUri(uri: string, product: string, example: string): ServerUri {
  const url = URL.canParse(uri) ? new URL(uri) : null
  // The password ended the authority of the URI: its tail stands in the path, or where the port should be.
  if (
    url === null
      ? /:\/\/[^@]*:[^@]*[/?#][^@]*@/.test(uri)
      : /@/.test(url.pathname + url.hash + (url.pathname.length < 2 ? url.search : ''))
  ) {
    throw new SluiceError(
      'invalid-destination-uri',
      `The password in the destination URI holds a character that ends it there. Percent-encode what is special in it: "@" is %40, ":" is %3A, "/" is %2F, "?" is %3F, "#" is %23, "%" is %25.`,
    )
  }
  if (url === null || url.hostname === '' || url.pathname.length < 2) {
    throw new SluiceError(
      'invalid-destination-uri',
      `The destination names no ${product} database. Write "${example}", with characters like "@" or "/" in the password percent-encoded.`,
    )
  }
  return {
    url,
    server: url.port === '' ? url.hostname : `${url.hostname}:${url.port}`,
    user: decoded(url.username),
    database: decoded(url.pathname.slice(1)),
  }
}

export const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    // A lone percent sign: drivers take it literally too.
    return text
  }
}
