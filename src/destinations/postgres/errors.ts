import { SluiceError } from '../../model/errors.ts'
import type { PostgresConfig } from './config.ts'

/** What the server and the socket put on their errors. */
type Described = Readonly<{ code: string; message: string; detail: string; schema: string }>

/** What Node says of a certificate that it does not accept. */
const UNTRUSTED: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_HAS_EXPIRED',
  'ERR_TLS_CERT_ALTNAME_INVALID',
])

/** The driver has no code for a connection that is gone: it was cut, or was found so by the next statement. */
const LOST = /terminated|not queryable|Client was closed|Connection ended|socket has been ended/i

export function connectFailed(config: PostgresConfig, cause: unknown): SluiceError {
  const { code, message } = describe(cause)
  const { user, server, database } = config
  switch (code) {
    case '28P01':
    case '28000':
      return new SluiceError(
        'refused-login',
        (option) =>
          `The server "${server}" rejected user "${user}": ${sentence(message)} Check user and password in ${option('destUri')}.`,
        { cause },
      )
    case '3D000':
      return new SluiceError(
        'missing-database',
        (option) =>
          `The server "${server}" has no database "${database}". Create it, or name another one in ${option('destUri')}.`,
        { cause },
      )
    case '42501':
      return new SluiceError(
        'missing-right',
        `User "${user}" may not connect to database "${database}" on "${server}". Grant the right, or use another user.`,
        { cause },
      )
    case '53300':
      return new SluiceError(
        'destination-crowded',
        `The server "${server}" has no connection left. Wait or close some, then run the same command again.`,
        { cause },
      )
    default:
      if (UNTRUSTED.has(code))
        return new SluiceError(
          'destination-unreachable',
          (option) =>
            `The certificate of server "${server}" is not trusted: ${sentence(message)} Name its authority with "sslrootcert=/path/to/ca.pem" in ${option('destUri')}, or write "sslmode=no-verify" to encrypt without checking who answers.`,
          { cause, retry: 'never' },
        )
      return new SluiceError(
        'destination-unreachable',
        (option) =>
          `The PostgreSQL server "${server}" cannot be reached: ${sentence(message === '' ? code : message)} Check host and port in ${option('destUri')}, and that the server runs.`,
        { cause },
      )
  }
}

/** Why a statement or a commit failed. What is already said to people is passed on. */
export function loadFailed(label: string, cause: unknown): Error {
  if (cause instanceof SluiceError) return cause
  const { code, message, detail } = describe(cause)
  const undone = 'Nothing of this batch was loaded, and what was there is as it was.'
  if (code === '55P03') {
    return new SluiceError(
      'destination-in-use',
      `Somebody has held a lock that is needed in "${label}" for five minutes. ${undone} See who it is with "select pid, usename, application_name, state, query from pg_stat_activity where pid = any(select unnest(pg_blocking_pids(pid)) from pg_stat_activity)", then run the same command again.`,
      { cause },
    )
  }
  if (code === '53100') {
    return new SluiceError(
      'disk-full',
      `The disk of "${label}" is full. ${undone} Free some space and run the same command again.`,
      { cause },
    )
  }
  if (code === '42501') {
    return new SluiceError(
      'missing-right',
      `"${label}" does not allow it: ${sentence(message)} ${undone} Grant the right, or use another user.`,
      { cause },
    )
  }
  if (code === '23505' && message.includes('__sluice_key')) {
    return new SluiceError(
      'unfit-table',
      (option) =>
        `The table holds several versions of a row, as "append" leaves them (${detail}), so rows cannot be merged by key. ${undone} Go on with "append", or start over with ${option('fullRefresh')}.`,
      { cause },
    )
  }
  if (code.startsWith('08') || code.startsWith('57P') || /^E[A-Z]+$/.test(code) || LOST.test(message)) {
    return new SluiceError(
      'connection-lost',
      `The connection to "${label}" was lost: ${sentence(message)} A batch is loaded whole or not at all: run the same command again.`,
      { cause },
    )
  }
  return new SluiceError('refused-rows', `"${label}" refused the data: ${sentence(message)} ${undone}`, {
    cause,
  })
}

/**
 * Whether a transaction failed because another session made the same thing, or locked the same things in another order,
 * at the same moment: all was rolled back, and the same again will see what the other one made.
 */
export function isRace(error: unknown): boolean {
  const { code, message, schema } = describe(error instanceof SluiceError ? error.cause : error)
  switch (code) {
    case '42P06': // duplicate schema
    case '42P07': // duplicate table or index
    case '42701': // duplicate column
    case '40P01': // deadlock
    case '40001': // serialization failure
      return true
    case '23505': // names are unique by an index of the catalog's
      return schema === 'pg_catalog'
    case 'XX000':
      return /tuple concurrently (updated|deleted)/.test(message)
    default:
      return false
  }
}

function describe(cause: unknown): Described {
  // A host with several addresses fails with one error for each.
  const first: unknown = cause instanceof AggregateError ? cause.errors[0] : cause
  const fields: Readonly<Record<string, unknown>> =
    typeof first === 'object' && first !== null ? { ...first } : {}
  const text = (name: string): string => (typeof fields[name] === 'string' ? fields[name] : '')
  return {
    code: text('code'),
    message: first instanceof Error ? first.message : String(first),
    detail: text('detail'),
    schema: text('schema'),
  }
}

const sentence = (message: string): string => {
  const line = message.split('\n')[0]?.trim() ?? ''
  return /[.!?]$/.test(line) ? line : `${line}.`
}
