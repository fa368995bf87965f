import type { ColumnType } from '../model/table.ts'

/** DuckDB's types for the six of the model. */
export const duckTypes: Readonly<Record<ColumnType, string>> = {
  text: 'varchar',
  integer: 'bigint',
  decimal: 'double',
  boolean: 'boolean',
  timestamp: 'timestamptz',
  json: 'json',
}

/** Text and JSON take every value; of the others some values must be refused. */
export const isStrict = (type: ColumnType): boolean => type !== 'text' && type !== 'json'

/**
 * SQL for a value of a strict type, from its text; null when it does not fit. A bare cast
 * is too kind: it rounds 1.5 to 2, reads "1_000" and "0x10" as numbers, "yes" as true, and "infinity" as an
 * instant.
 */
export function strictValue(type: ColumnType, text: string): string {
  switch (type) {
    case 'integer':
      // The cast there and back proves the ordinary case without a regular expression for every row. What is
      // left is 5.0 and 1e3, which are integers, and the rest, which is not.
      return `case
        when cast(try_cast(${text} as bigint) as varchar) = ${text} then try_cast(${text} as bigint)
        when regexp_full_match(${text}, '-?[0-9]+([.]0+)?([eE][+]?[0-9]+)?') and not starts_with(${text}, '0')
          and abs(try_cast(${text} as double)) < 9007199254740992 then try_cast(${text} as bigint)
      end`
    case 'decimal':
      return `case
        when regexp_full_match(${text}, '-?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]+)?')
          and isfinite(try_cast(${text} as double)) then try_cast(${text} as double)
      end`
    case 'boolean':
      return `case ${text} when 'true' then true when 'false' then false end`
    case 'timestamp':
      // Every instant starts with a digit; "infinity", "-infinity" and "epoch" do not.
      return `case when left(${text}, 1) between '0' and '9' then try_cast(${text} as timestamptz) end`
    case 'text':
    case 'json':
      return text
    default:
      return type satisfies never
  }
}
