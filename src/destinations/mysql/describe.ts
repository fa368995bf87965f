import type { TableName } from '../../model/names.ts'
import { notATable } from '../sql/columns.ts'
import type { Shape, SqlRow, Statement } from '../sql/database.ts'
import type { Dialect } from '../sql/dialect.ts'
import { ROW_COLUMN } from './dialect.ts'
import type { Flavor, Server } from './session.ts'

/** In MariaDB a check belongs to a table, and others have one of the same name; in MySQL to a schema. */
const CHECKS: Readonly<Record<Flavor, string>> = {
  mariadb: `select group_concat(check_clause separator x'00') from information_schema.check_constraints
    where constraint_schema = $1 and table_name = $2`,
  mysql: `select group_concat(k.check_clause separator x'00') from information_schema.check_constraints as k
    join information_schema.table_constraints as u
      on u.constraint_schema = k.constraint_schema and u.constraint_name = k.constraint_name
    where u.constraint_schema = $1 and u.table_name = $2`,
}

/**
 * Asks for the columns of a table, its indexes, and its columns that have to be JSON. Every view is given the names as
 * values: joined by column, MariaDB opens all tables that there are (45 ms instead of 2).
 */
export const describeStatement = (
  { schema, name }: TableName,
  dialect: Dialect,
  { flavor }: Server,
): Statement => ({
  sql: `select c.column_name as name, c.column_type as type, c.collation_name as collation, c.extra as extra, t.table_type as kind,
  (select group_concat(distinct index_name separator x'00') from information_schema.statistics
    where table_schema = $1 and table_name = $2) as indexes,
  (${CHECKS[flavor]}) as checks
from information_schema.tables as t
join information_schema.columns as c on c.table_schema = $1 and c.table_name = $2
where t.table_schema = $1 and t.table_name = $2
order by c.ordinal_position`,
  values: [dialect.identifier(schema ?? dialect.defaultSchema), dialect.identifier(name)],
})

/** The same as the seam has it; see `types` in dialect.ts for the words. */
export function shapeOf(rows: readonly SqlRow[], table: TableName, { collation }: Server): Shape {
  const [first] = rows
  if (first === undefined) return null
  if (!String(first['kind']).startsWith('BASE') && !String(first['kind']).startsWith('SYSTEM VERSIONED'))
    throw notATable(table)
  const json = new Set(listOf(first['checks']).flatMap(checkedAsJson))
  return {
    columns: rows
      .filter((row) => row['name'] !== ROW_COLUMN)
      .map((row) => ({ name: String(row['name']), type: typeOf(row) })),
    indexes: listOf(first['indexes']),
  }

  function typeOf(row: SqlRow): string {
    // Widths of integers mean nothing, and MySQL has left them out.
    const type = String(row['type']).replace(/^((?!tinyint)\w*int)\(\d+\)/, '$1')
    if (type === 'longtext' && json.has(String(row['name']))) return 'json'
    if (type === 'json') return 'json (native)'
    const other = row['collation']
    return other === null || other === collation ? type : `${type} collate ${String(other)}`
  }
}

const listOf = (joined: SqlRow[string] | undefined): readonly string[] =>
  joined === null || joined === undefined ? [] : String(joined).split('\u0000')

/** MySQL puts every clause in parentheses. */
function checkedAsJson(clause: string): readonly string[] {
  const name = /^\(?json_valid\(`((?:[^`]|``)*)`\)\)?$/i.exec(clause)?.[1]
  return name === undefined ? [] : [name.replaceAll('``', '`')]
}
