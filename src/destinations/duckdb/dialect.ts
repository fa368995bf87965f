import type { TableName } from '../../model/names.ts'
import type { ColumnType } from '../../model/table.ts'
import type { Dialect } from '../sql/dialect.ts'
import { standard } from '../sql/standard.ts'

export const duckDbTypes = {
  text: 'VARCHAR',
  integer: 'BIGINT',
  decimal: 'DOUBLE',
  boolean: 'BOOLEAN',
  timestamp: 'TIMESTAMP WITH TIME ZONE',
  json: 'JSON',
} as const satisfies Record<ColumnType, string>

// TIMESTAMP without a zone is not among them: the cast would depend on the session's zone.
const wider: Readonly<Record<ColumnType, RegExp>> = {
  text: /^VARCHAR$/,
  integer: /^(BIGINT|HUGEINT|DOUBLE|VARCHAR|DECIMAL\((19|[23]\d),0\))$/,
  decimal: /^(DOUBLE|VARCHAR|DECIMAL\(\d+,\d+\))$/,
  boolean: /^(BOOLEAN|VARCHAR)$/,
  timestamp: /^(TIMESTAMP WITH TIME ZONE|VARCHAR)$/,
  json: /^(JSON|VARCHAR)$/,
}

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`

/**
 * DuckDB, one attached database of it. Tables get no primary key: an ART index slows every insert and has to fit
 * into memory, while a scan of a key column is fast.
 */
export const duckDbDialect = (database: string): Dialect => ({
  ...standard,
  types: duckDbTypes,
  defaultSchema: 'main',
  identity: { kind: 'row id', column: 'rowid' },
  lookup: 'scan',
  swap: 'rename',
  ddl: 'joins',
  caseSensitive: false,
  identifier: (name) => name,
  quote,
  table: ({ schema, name }: TableName) => [database, schema ?? 'main', name].map(quote).join('.'),
  createSchema: (schema) => `create schema if not exists ${quote(database)}.${quote(schema)}`,
  holds: (actual, wanted) => wider[wanted].test(actual),
  convert: (expression, wanted, actual) =>
    wanted === 'timestamp' && actual === duckDbTypes.text
      ? `strftime(timezone('UTC', ${expression}), '%Y-%m-%dT%H:%M:%S.%fZ')`
      : `cast(${expression} as ${actual})`,
  // The file is locked by this process, which has one connection.
  lock: () => null,
})
