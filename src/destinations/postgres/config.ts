import { parseServerUri } from '../sql/server-uri.ts'

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
  const { server, user, database } = parseServerUri(
    uri,
    'PostgreSQL',
    'postgresql://user:password@host:5432/database',
  )
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
