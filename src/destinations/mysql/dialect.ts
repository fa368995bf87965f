import { createHash } from 'node:crypto'
import type { TableName } from '../../model/names.ts'
import { formatTableName } from '../../model/table-name.ts'
import type { ColumnType } from '../../model/table.ts'
import type { Dialect, Upsert } from '../sql/dialect.ts'

/**
 * `datetime` in UTC and not `timestamp`, which ends in 2038. `json` is what `describe` calls text that has to be
 * JSON: MySQL's own type makes doubles of long numbers, MariaDB has no other.
 */
const types = {
  text: 'longtext',
  integer: 'bigint',
  decimal: 'double',
  boolean: 'tinyint(1)',
  timestamp: 'datetime(6)',
  json: 'json',
} as const satisfies Record<ColumnType, string>

const TEXT = String.raw`((medium|long)?text|varchar\(\d+\))( collate utf8mb4_\w+)?`
const isText = new RegExp(`^${TEXT}$`)
// A decimal with a scale is not among them: it rounds without a word.
const wider: Readonly<Record<ColumnType, RegExp>> = {
  text: isText,
  integer: new RegExp(String.raw`^(bigint|double|decimal\((19|[2-6]\d),0\)|${TEXT})$`),
  decimal: new RegExp(`^(double|${TEXT})$`),
  boolean: new RegExp(String.raw`^(tinyint\(1\)|${TEXT})$`),
  timestamp: new RegExp(String.raw`^(datetime\(6\)|${TEXT})$`),
  json: new RegExp(`^(json|${TEXT})$`),
}

/** An InnoDB index holds 3,072 bytes, a character of utf8mb4 takes up to four. */
const MAX_KEY_CHARACTERS = 768
const MAX_NAME = 64
const HASH_LENGTH = 10
/** As long as it takes: the server knows no "for ever" that MySQL and MariaDB agree upon. */
const YEAR_SECONDS = 31_536_000

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Names have 64 characters of at most three bytes, and no blanks at their end. */
function identifier(name: string): string {
  const storable = name
    .replaceAll('\u0000', '')
    .replaceAll(/[\u{10000}-\u{10FFFF}\uD800-\uDFFF]/gu, '_')
    .trimEnd()
  if (storable === name && storable.length <= MAX_NAME) return storable
  return `${storable.slice(0, MAX_NAME - HASH_LENGTH - 1)}_${hashOf(name).slice(0, HASH_LENGTH)}`
}

/** Not with double quotes, so that what is printed runs in anybody's session. */
const quote = (name: string): string => `\`${identifier(name).replaceAll('`', '``')}\``

/** Hidden from `select *`. Servers of a cluster, and some that are rented out, take no table without a primary key. */
export const ROW_COLUMN = '_sluice_row'

export type ServerFacts = Readonly<{
  database: string
  /** Compares bytes, blanks at the end included: the servers have different names for it. */
  collation: string
  caseSensitive: boolean
}>

/**
 * MySQL 8.0.23 and MariaDB 10.5, and later ones. Sessions are in UTC, strict, and do not take a backslash for an
 * escape (see `driver.ts`).
 */
export const mySqlDialect = ({ database, collation, caseSensitive }: ServerFacts): Dialect => ({
  types,
  defaultSchema: database,
  identity: { kind: 'key', upsert },
  lookup: 'index',
  swap: 'rows',
  ddl: 'commits',
  caseSensitive,
  identifier,
  quote,
  table: ({ schema, name }: TableName) => `${quote(schema ?? database)}.${quote(name)}`,
  createSchema: (schema) => `create database if not exists ${quote(schema)}`,
  holds: (actual, wanted) => wider[wanted].test(actual),
  convert: (expression, wanted, actual) => (isText.test(actual) ? asText(expression, wanted) : expression),
  lock: ({ schema, name }) => {
    const text = formatTableName({ schema: schema ?? database, name })
    const hash = hashOf(caseSensitive ? text : text.toLowerCase()).slice(0, 40)
    return `select get_lock('sluice ${hash}', ${YEAR_SECONDS}) as locked`
  },
  keyType: (type, keyColumns) =>
    type === types.text ? `varchar(${Math.floor(MAX_KEY_CHARACTERS / keyColumns)})` : type,
  definition: (name, type) =>
    type === types.json ? `${name} longtext check (json_valid(${name}))` : `${name} ${type}`,
  hidden: [`${quote(ROW_COLUMN)} bigint unsigned not null auto_increment invisible primary key`],
  tableOptions: ` engine=InnoDB row_format=dynamic character set utf8mb4 collate ${collation}`,
  dropIndex: ({ name, table }) => `drop index ${name} on ${table}`,
  nullOf: () => 'null',
  instant: (atMs, bind) =>
    `cast(${bind(new Date(atMs).toISOString().slice(0, 23).replace('T', ' '))} as datetime(6))`,
  epoch: (timestamp) => `timestampdiff(microsecond, '1970-01-01', ${timestamp}) / 1000000`,
  differ: (left, right) => `not (${left} <=> ${right})`,
  same: (left, right) => `${left} <=> ${right}`,
  aggregate: (name, expression, condition) =>
    `${name}(case when ${condition} then ${expression === '*' ? '1' : expression} end)`,
  deleteFrom: (table) => `delete t from ${table} as t`,
})

function upsert({ table, key, columns, rows, reset }: Upsert): string {
  const assignments = [
    ...columns.filter((name) => !key.includes(name)).map((name) => `${name} = values(${name})`),
    ...reset.map((name) => `${name} = default`),
  ]
  return `insert into ${table} (${columns.join(', ')})
${rows}
on duplicate key update ${assignments.join(', ')}`
}

function asText(expression: string, type: ColumnType): string {
  switch (type) {
    case 'text':
    case 'json':
      return expression
    case 'timestamp':
      return `date_format(${expression}, '%Y-%m-%dT%H:%i:%s.%fZ')`
    case 'boolean':
      return `case ${expression} when 1 then 'true' when 0 then 'false' end`
    case 'integer':
    case 'decimal':
      return `cast(${expression} as char)`
    default:
      return type satisfies never
  }
}
