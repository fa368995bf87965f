import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { TableName } from '../../model/names.ts'
import type { EpochSeconds } from '../../model/time.ts'

/** Sluice's own folder in that of a table. Spark, pyarrow and Hive read nothing whose name begins with `_`. */
export const OWN_FOLDER = '_sluice'

/** What Hive, and all that read its layout, take for null. */
const NO_VALUE = '__HIVE_DEFAULT_PARTITION__'

/** File systems allow 255 bytes; what is longer is cut and gets a hash. */
const MOST_BYTES = 150

/** The part of a table that its files are in: an account's rows, or those of one month (UTC, `2026-01`; null: none). */
export type Partition = Readonly<{ account: string; month: string | null }>

/** Where in the place a table is: `klaviyo/events`. */
export const tableFolder = ({ schema, name }: TableName): string =>
  schema === null ? encode(name) : join(encode(schema), encode(name))

/**
 * Where in its table a partition is: `sluice_account=shop/sluice_month=2026-01`. The keys do not begin with `_`, or
 * pyarrow would pass over all of it without a word, and no column of Klaviyo's is called so.
 */
export const partitionFolder = ({ account, month }: Partition, byMonth: boolean): string => {
  const ofAccount = `sluice_account=${account === '' ? NO_VALUE : encode(account)}`
  return byMonth ? join(ofAccount, `sluice_month=${month ?? NO_VALUE}`) : ofAccount
}

/** Where an account's rows are gathered beside the table, seen from the table. */
export const asideFolder = (account: string): string => join(OWN_FOLDER, `aside-${hash(account)}`)

/** The month that a moment is in, as `sluice_month` has it. */
export function monthOf(at: EpochSeconds): string {
  // A Date reaches from the year -271821 to 275760; what sluice is asked for lies between 1 and 9999.
  const date = new Date(Math.min(Math.max(at, -62_135_596_800), 253_402_300_799) * 1000)
  return date.toISOString().slice(0, 7)
}

/**
 * A name that is safe in every file system, in a glob, and as the value in a Hive layout, whose readers decode `%`:
 * letters, digits, `-`, and `_` and `.` further in; the rest of it percent-encoded.
 */
function encode(name: string): string {
  const encoded = [...Buffer.from(name)]
    .map((byte, index) => {
      const character = String.fromCharCode(byte)
      const isPlain = index === 0 ? /[A-Za-z0-9-]/.test(character) : /[A-Za-z0-9_.-]/.test(character)
      return isPlain ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
    })
    .join('')
  if (encoded.length <= MOST_BYTES) return encoded
  return `${encoded.slice(0, MOST_BYTES).replace(/%.?$/, '')}-${hash(name)}`
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 10)
