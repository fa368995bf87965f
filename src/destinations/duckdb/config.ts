import { resolve } from 'node:path'
import { SluiceError } from '../../model/errors.ts'

export type DuckDbConfig = Readonly<{ kind: 'memory' } | { kind: 'file'; path: string; given: string }>

/**
 * After `duckdb:///` the rest is the path as given: `duckdb:///shop.duckdb` is relative to the current directory,
 * `duckdb:////data/shop.duckdb` is absolute, `duckdb:///:memory:` is no file at all. No decoding, no options.
 */
export function parseDuckDbUri(uri: string, currentDirectory: string): DuckDbConfig {
  const given = /^duckdb:\/\/\/(.+)$/s.exec(uri)?.[1]
  if (given === undefined || given.endsWith('/')) {
    throw new SluiceError(
      'invalid-destination-uri',
      `"${uri}" names no DuckDB file. Write "duckdb:///shop.duckdb" for a file in the current directory, or "duckdb:////data/shop.duckdb" for an absolute path.`,
    )
  }
  if (given === ':memory:') return { kind: 'memory' }
  return { kind: 'file', path: resolve(currentDirectory, given), given }
}
