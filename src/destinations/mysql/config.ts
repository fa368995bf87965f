import { SluiceError } from '../../model/errors.ts'
import { decoded, parseServerUri } from '../sql/server-uri.ts'

export type MySqlConfig = Readonly<{
  host: string
  port: number
  user: string
  password: string
  database: string
  tls: Tls
  /** Without the password, and without options. */
  label: string
  server: string
}>

/** `encrypted`: without looking at the certificate. `caFile`: instead of the authorities that Node knows. */
export type Tls = Readonly<
  { kind: 'none' } | { kind: 'encrypted' } | { kind: 'verified'; identity: boolean; caFile: string | null }
>

type Mode = (caFile: string | null) => Tls

/** What MySQL's own tools (`ssl-mode`) and Go's driver (`tls`) call it. */
const MODES: ReadonlyMap<string, Mode> = new Map<string, Mode>([
  ['disabled', () => ({ kind: 'none' })],
  ['false', () => ({ kind: 'none' })],
  ['required', () => ({ kind: 'encrypted' })],
  ['skip-verify', () => ({ kind: 'encrypted' })],
  ['verify_ca', (caFile) => ({ kind: 'verified', identity: false, caFile })],
  ['verify_identity', (caFile) => ({ kind: 'verified', identity: true, caFile })],
  ['true', (caFile) => ({ kind: 'verified', identity: true, caFile })],
])

/**
 * `mysql://user:password@host:port/database?ssl-mode=verify_identity&ssl_ca=ca.pem`; `mariadb://` is the same. A driver
 * after `+` is passed over, and so is `charset`: it is always utf8mb4.
 */
export function parseMySqlUri(uri: string): MySqlConfig {
  const { url, server, user, database } = parseServerUri(
    uri,
    'MySQL',
    'mysql://user:password@host:3306/database',
  )
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? 3306 : Number(url.port),
    user,
    password: decoded(url.password),
    database,
    tls: tlsOf(url.searchParams),
    label: `mysql://${user === '' ? '' : `${user}@`}${server}/${database}`,
    server,
  }
}

function tlsOf(options: URLSearchParams): Tls {
  let mode: string | null = null
  let caFile: string | null = null
  for (const [name, value] of options) {
    switch (name.toLowerCase().replaceAll('_', '-')) {
      case 'ssl-mode':
      case 'sslmode':
      case 'tls':
        mode = value.toLowerCase()
        break
      case 'ssl-ca':
        caFile = value
        break
      case 'charset':
        break
      default:
        throw new SluiceError(
          'invalid-destination-uri',
          `The option "${name}" of the destination is not known. These are: "ssl-mode" and "ssl_ca".`,
        )
    }
  }
  const tls = MODES.get(mode ?? (caFile === null ? 'disabled' : 'verify_ca'))
  if (tls === undefined) {
    throw new SluiceError(
      'invalid-destination-uri',
      `The destination's "ssl-mode" cannot be "${mode}". Use one of "disabled", "required", "verify_ca" and "verify_identity".`,
    )
  }
  return tls(caFile)
}
