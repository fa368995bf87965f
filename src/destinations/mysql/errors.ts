import type { ErrorCode } from '../../model/error-codes.ts'
import { SluiceError } from '../../model/errors.ts'
import type { Sentence } from '../../model/errors.ts'
import type { MySqlConfig } from './config.ts'

/** What the server, the driver and the socket put on their errors. */
type Described = Readonly<{ number: number; code: string; message: string }>

const UNDONE = 'Nothing of this batch was loaded, and its rows are as they were.'

/** For a warning that counts as an error. */
export const serverError = (number: number, message: string): Error =>
  Object.assign(new Error(message), { errno: number })

export const errorNumber = (cause: unknown): number => describe(cause).number

/** Deadlock, and a wait that took too long: the server gave this transaction up so that another could go on. */
export const isGivenUp = (cause: unknown): boolean => [1213, 1205].includes(errorNumber(cause))

export function connectFailed(config: MySqlConfig, cause: unknown): SluiceError {
  if (cause instanceof SluiceError) return cause
  const { number, code, message } = describe(cause)
  const { user, server, database } = config
  switch (number) {
    case 1045:
    case 1698:
      return new SluiceError(
        'refused-login',
        (option) =>
          `The server "${server}" rejected user "${user}": ${sentence(message)} Check user and password in ${option('destUri')}.`,
        { cause },
      )
    case 1044:
      return new SluiceError(
        'missing-right',
        (option) =>
          `User "${user}" may not use database "${database}" on "${server}", or it is not there. Grant the right, or name another one in ${option('destUri')}.`,
        { cause },
      )
    case 1049:
      return new SluiceError(
        'missing-database',
        (option) =>
          `The server "${server}" has no database "${database}". Create it, or name another one in ${option('destUri')}.`,
        { cause },
      )
    case 1040:
    case 1203:
    case 1226:
      return new SluiceError(
        'destination-crowded',
        `The server "${server}" has no connection left for user "${user}". Wait or close some, then run the same command again.`,
        { cause },
      )
    case 3159:
      return new SluiceError(
        'invalid-destination-uri',
        (option) =>
          `The server "${server}" takes encrypted connections only. Add "?ssl-mode=verify_identity" to ${option('destUri')}, or "?ssl-mode=required" not to check its certificate.`,
        { cause },
      )
    default:
      return /certificate|altnames/i.test(message)
        ? new SluiceError(
            'destination-unreachable',
            (option) =>
              `The certificate of server "${server}" is not trusted: ${sentence(message)} Name its authority with "ssl_ca=/path/to/ca.pem" in ${option('destUri')}, or write "ssl-mode=required" to encrypt without checking who answers.`,
            { cause, retry: 'never' },
          )
        : new SluiceError(
            'destination-unreachable',
            (option) =>
              `The MySQL server "${server}" cannot be reached: ${sentence(message === '' ? code : message)} Check host and port in ${option('destUri')}, and that the server runs.`,
            { cause },
          )
  }
}

/** Why a statement or a commit failed. What is already said to people is passed on. */
export function loadFailed(label: string, cause: unknown): Error {
  if (cause instanceof SluiceError) return cause
  const { number, message } = describe(cause)
  const error = (kind: ErrorCode, text: Sentence): SluiceError => new SluiceError(kind, text, { cause })
  switch (number) {
    case 1021:
    case 1114:
      return error(
        'disk-full',
        `The disk of "${label}" is full. ${UNDONE} Free some space and run the same command again.`,
      )
    case 1044:
    case 1142:
    case 1143:
    case 1227:
    case 1370:
      return error(
        'missing-right',
        `"${label}" does not allow it: ${sentence(message)} ${UNDONE} Grant the right, or use another user.`,
      )
    case 1062:
      // Without the server's words: they repeat the key.
      return error(
        'unfit-table',
        (option) =>
          `The table holds several versions of a row, as "append" leaves them, so rows cannot be merged by key. ${UNDONE} Go on with "append", or start over with ${option('fullRefresh')}.`,
      )
    case 1117:
    case 1118:
      return error(
        'unfit-table',
        (option) =>
          `"${label}" refused the table, because its columns take more than the 8,126 bytes of a row of InnoDB (about 190 columns of text): ${sentence(message)} ${UNDONE} Drop columns that are not needed, or load into another ${option('destTable')}.`,
      )
    case 1153:
    case 1301:
      return error(
        'refused-rows',
        `A value is longer than the "max_allowed_packet" of "${label}". ${UNDONE} Raise it there ("set global max_allowed_packet = 1073741824"), and run the same command again.`,
      )
    case 1264:
    case 1265:
    case 1406:
      return error(
        'refused-rows',
        `A value does not fit its column in "${label}": ${sentence(message)} ${UNDONE} Texts that are part of a key are limited to what an index of InnoDB can hold, and times to the years 1 to 9999.`,
      )
    case 1148:
    case 3948:
    case 4166:
      return error('refused-rows', noLocalFiles(label))
    case 1205:
    case 1213:
      return error(
        'destination-in-use',
        `Another session holds locks in "${label}" and did not let go: ${sentence(message)} ${UNDONE} Run the same command again when it is done.`,
      )
    case 1290:
    case 1792:
    case 1836:
      return error(
        'refused-rows',
        (option) =>
          `"${label}" is read-only: ${sentence(message)} ${UNDONE} Name the primary server in ${option('destUri')}.`,
      )
  }
  return isLost(cause)
    ? error(
        'connection-lost',
        `The connection to "${label}" was lost: ${sentence(message)} A batch is loaded whole or not at all: run the same command again.`,
      )
    : error('refused-rows', `"${label}" refused the data: ${sentence(message)} ${UNDONE}`)
}

export const noLocalFiles = (label: string): string =>
  `The server of "${label}" takes no files from its clients, which is how rows are loaded. As an administrator send "set global local_infile = on" (or set local_infile where the server is managed), then run the same command again.`

/** Shut down, killed, timed out, gone. */
export function isLost(cause: unknown): boolean {
  const { number, code, message } = describe(cause)
  return (
    [1053, 1152, 1158, 1159, 1160, 1161, 1184, 1927, 4031].includes(number) ||
    code === 'PROTOCOL_CONNECTION_LOST' ||
    /^E[A-Z]+$/.test(code) ||
    /closed state/.test(message)
  )
}

function describe(cause: unknown): Described {
  // A host with several addresses fails with one error for each.
  const first: unknown = cause instanceof AggregateError ? cause.errors[0] : cause
  const fields: Readonly<Record<string, unknown>> =
    typeof first === 'object' && first !== null ? { ...first } : {}
  const { errno, code } = fields
  return {
    // Errors of a socket have negative ones.
    number: typeof errno === 'number' && errno > 0 ? errno : 0,
    code: typeof code === 'string' ? code : '',
    message: first instanceof Error ? first.message : String(first),
  }
}

const sentence = (message: string): string => {
  const line = message.split('\n')[0]?.trim() ?? ''
  return /[.!?]$/.test(line) ? line : `${line}.`
}
