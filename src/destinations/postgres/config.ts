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
  if (url === null || url.hostname === '' || url.pathname.length < 2) {
    throw new SluiceError(
      'usage',
      `The destination names no PostgreSQL database. Write "postgresql://user:password@host:5432/database", with characters like "@" or "/" in the password percent-encoded.`,
    )
  }
  const server = url.port === '' ? url.hostname : `${url.hostname}:${url.port}`
  const user = decoded(url.username)
  const database = decoded(url.pathname.slice(1))
  return {
    connectionString: uri.replace(/^[^:]+:/, 'postgresql:'),
    label: `postgresql://${user === '' ? '' : `${user}@`}${server}/${database}`,
    user,
    server,
    database,
  }
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    // A lone percent sign: the driver takes it literally too.
    return text
  }
}
