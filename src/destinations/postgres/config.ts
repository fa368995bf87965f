import { SluiceError } from '../../model/errors.ts'

export type PostgresConfig = Readonly<{
  /** As the driver takes it, password included. */
  connectionString: string
  /** Without the password, and without options, which may hold one. */
  label: string
  user: string
  server: string
  database: string
}>

/** `postgresql://user:password@host:port/database?options`; `postgres://` is the same. A driver after `+` is passed over. */
export function parsePostgresUri(uri: string): PostgresConfig {
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
      `The destination names no PostgreSQL database. Write "postgresql://user:password@host:5432/database", with characters like "@" or "/" in the password percent-encoded.`,
    )
  }
  const server = url.port === '' ? url.hostname : `${url.hostname}:${url.port}`
  const user = decoded(url.username)
  const database = decoded(url.pathname.slice(1))
  return {
    connectionString: withoutWarning(uri.replace(/^[^:]+:/, 'postgresql:')),
    label: `postgresql://${user === '' ? '' : `${user}@`}${server}/${database}`,
    user,
    server,
    database,
  }
}

/**
 * The driver takes `prefer`, `require` and `verify-ca` for `verify-full`, and warns on the terminal that its next version
 * will not. What it does now is said in the word that it does not warn of.
 */
const withoutWarning = (uri: string): string =>
  /[?&]uselibpqcompat=true/.test(uri)
    ? uri
    : uri.replace(/([?&]sslmode=)(?:prefer|require|verify-ca)(?=[&#]|$)/, '$1verify-full')

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    // A lone percent sign: the driver takes it literally too.
    return text
  }
}
