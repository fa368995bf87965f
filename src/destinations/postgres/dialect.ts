import { createHash } from 'node:crypto'
import type { TableName } from '../../model/names.ts'
import type { ColumnType } from '../../model/table.ts'
import type { Dialect } from '../sql/dialect.ts'
import { standard } from '../sql/standard.ts'
import { formatTableName } from '../../model/table-name.ts'

const types = {
  text: 'text',
  integer: 'bigint',
  decimal: 'double precision',
  boolean: 'boolean',
  timestamp: 'timestamp with time zone',
  json: 'jsonb',
} as const satisfies Record<ColumnType, string>

// `json` is not among them: it has no equality, so a changed row could not be told from an unchanged one.
const wider: Readonly<Record<ColumnType, RegExp>> = {
  text: /^(text|character varying)$/,
  integer: /^(bigint|double precision|numeric|text|character varying)$/,
  decimal: /^(double precision|numeric(\(\d+,\d+\))?|text|character varying)$/,
  boolean: /^(boolean|text|character varying)$/,
  timestamp: /^(timestamp with time zone|text|character varying)$/,
  json: /^(jsonb|text|character varying)$/,
}

/** The server cuts longer names without a word (NAMEDATALEN, 64 with the final zero). */
const MAX_NAME_BYTES = 63
const HASH_LENGTH = 10

function identifier(name: string): string {
  const storable = name.replaceAll('\u0000', '')
  if (Buffer.byteLength(storable) <= MAX_NAME_BYTES) return storable
  const hash = createHash('sha256').update(storable).digest('hex').slice(0, HASH_LENGTH)
  const room = Buffer.from(storable).subarray(0, MAX_NAME_BYTES - HASH_LENGTH - 1)
  // A character that the cut went through ends in replacement characters.
  return `${room.toString().replace(/\uFFFD+$/, '')}_${hash}`
}

const quote = (name: string): string => `"${identifier(name).replaceAll('"', '""')}"`
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** Held until the transaction ends, so that it means the same behind a pool that hands connections on. */
const lock = (what: string): string =>
  `pg_advisory_xact_lock(hashtextextended(${literal(`sluice ${what}`)}, 0))`

/** PostgreSQL 12 and later; transactions are in UTC and have standard-conforming strings. */
export const postgresDialect = (defaultSchema: string): Dialect => ({
  ...standard,
  types,
  defaultSchema,
  identity: { kind: 'row id', column: 'ctid' },
  lookup: 'index',
  swap: 'rows',
  ddl: 'joins',
  caseSensitive: true,
  identifier,
  quote,
  table: ({ schema, name }: TableName) => `${quote(schema ?? defaultSchema)}.${quote(name)}`,
  // `create schema if not exists` needs the right to make schemas even where the schema exists, and fails when another
  // session is making it: it waits for that one to commit, and then meets the unique index of their names.
  createSchema: (schema) => {
    const absent = `not exists (select 1 from pg_namespace where nspname = ${literal(identifier(schema))})`
    const create = `perform ${lock(`schema ${schema}`)}; if ${absent} then create schema ${quote(schema)}; end if`
    return `do ${literal(`begin if ${absent} then ${create}; end if; end`)}`
  },
  holds: (actual, wanted) => wider[wanted].test(actual),
  convert: (expression, _wanted, actual) => `cast(${expression} as ${actual})`,
  lock: (target) => {
    const name = formatTableName({ schema: target.schema ?? defaultSchema, name: target.name })
    return `select ${lock(name)} is null as locked`
  },
})
