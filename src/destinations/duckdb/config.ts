import { basename, resolve } from 'node:path'
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

/** Files of these names get databases of another: `main_db`, … (tried with DuckDB 1.5). */
const RENAMED = ['main', 'temp', 'system']

/**
 * The name that DuckDB gives a file that is opened as a database is what stands before the first dot. Where a schema
 * in it has the same, `schema.table` could be either, and DuckDB refuses the query.
 */
export function adviceOnNames(config: DuckDbConfig, schema: string | null): string | null {
  if (config.kind === 'memory' || schema === null) return null
  const file = basename(config.path)
  const database = file.split('.').find((part) => part !== '')
  if (database?.toLowerCase() !== schema.toLowerCase() || RENAMED.includes(schema.toLowerCase())) return null
  return `The DuckDB file "${file}" and the schema "${schema}" have the same name, so DuckDB will refuse "${schema}.<table>" as ambiguous. Give the file another name, or write "${database}.${schema}.<table>".`
}
