import { SluiceError } from '../../model/errors.ts'
import type { SqlRow } from '../sql/database.ts'
import { noLocalFiles } from './errors.ts'

export type Flavor = 'mysql' | 'mariadb'

/** What a server says of itself. */
export type Server = Readonly<{ flavor: Flavor; collation: string; caseSensitive: boolean }>

export const ASK_SERVER =
  'select version() as version, @@local_infile as local_infile, @@lower_case_table_names as folds_names'

/** The first versions with all that is used: invisible columns, `release_all_locks`, collations that do not pad. */
const FIRST: Readonly<Record<Flavor, readonly [number, number, number]>> = {
  mysql: [8, 0, 23],
  mariadb: [10, 5, 2],
}
const NAMES: Readonly<Record<Flavor, string>> = { mysql: 'MySQL', mariadb: 'MariaDB' }

/** @throws SluiceError (destination) for a server that rows cannot be loaded into, before anything is read. */
export function serverOf(row: SqlRow, label: string): Server {
  const version = String(row['version'])
  const flavor = version.includes('MariaDB') ? 'mariadb' : 'mysql'
  if (isOlder(version, FIRST[flavor])) {
    throw new SluiceError(
      'destination-unreachable',
      `"${label}" is ${NAMES[flavor]} ${version}, which is too old. It has to be MySQL 8.0.23 or MariaDB 10.5.2, or later.`,
      { retry: 'never' },
    )
  }
  if (Number(row['local_infile']) !== 1) throw new SluiceError('refused-rows', noLocalFiles(label))
  return {
    flavor,
    collation: flavor === 'mariadb' ? 'utf8mb4_nopad_bin' : 'utf8mb4_0900_bin',
    caseSensitive: Number(row['folds_names']) === 0,
  }
}

/**
 * What the code relies on, whatever the server is set to: texts are compared byte by byte, a backslash is a backslash,
 * values that do not fit are errors, times are in UTC. A load sees what was committed before it, and locks only rows
 * that it finds. The server waits while a part of a batch is being written, and over the pauses that Klaviyo asks for.
 */
export const settings = ({ collation }: Server): readonly string[] => [
  `set names utf8mb4 collate ${collation}`,
  `set session sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_BACKSLASH_ESCAPES,NO_ENGINE_SUBSTITUTION',
  time_zone = '+00:00', sql_safe_updates = 0, group_concat_max_len = 1048576,
  wait_timeout = 86400, net_read_timeout = 600, net_write_timeout = 600,
  lock_wait_timeout = 60, innodb_lock_wait_timeout = 60`,
  'set session transaction isolation level read committed',
]

function isOlder(version: string, first: readonly number[]): boolean {
  const parts = (/^\d+\.\d+\.\d+/.exec(version)?.[0] ?? '').split('.').map(Number)
  for (const [index, wanted] of first.entries()) {
    const part = parts[index] ?? 0
    if (part !== wanted) return part < wanted
  }
  return false
}
