import { UNFIT_COLUMN } from '../model/names.ts'
import type { Altered } from '../model/run-event.ts'
import type { Column } from '../model/table.ts'
import type { Connection } from './driver.ts'
import type { FoundColumn } from './found-columns.ts'
import type { Half } from './halves.ts'
import { quoteIdentifier } from './quote.ts'

/** SQL for the key of a row as text. */
export const keyText = (key: readonly string[]): string =>
  `concat_ws(', ', ${key.map((name) => `cast(${quoteIdentifier(name)} as varchar)`).join(', ')})`

/** Counts the values that do not fit their columns. */
export async function findUnfit(
  connection: Connection,
  table: string,
  key: readonly string[],
): Promise<readonly Altered[]> {
  const rows = await connection.query(`select name, count(*), min(key)
from (select ${keyText(key)} as key, unnest(json_keys(${UNFIT_COLUMN})) as name from ${table})
group by name
order by name`)
  return rows.map(([column, count, example]) => ({
    kind: 'unfit',
    column: String(column),
    rows: Number(count),
    exampleKey: String(example),
  }))
}

/** The columns whose attribute's name gave up NUL characters. */
export const withoutNul = (columns: readonly FoundColumn[]): readonly Altered[] =>
  columns
    .filter(({ found }) => found.path.some((name) => name.includes('\0')))
    .map(({ column, found: { rows, exampleKey } }) => ({
      kind: 'nul',
      column: column.name,
      rows,
      exampleKey,
    }))

/** Counts the replaced halves of surrogate pairs by the column that the value came into. */
export function halfCharacters(
  halves: readonly Half[],
  declared: readonly Column[],
  found: readonly FoundColumn[],
): readonly Altered[] {
  const isAt = (path: readonly string[], half: Half): boolean => path.join('\0') === half.path.join('\0')
  const counted = new Map<string, Altered>()
  for (const half of halves) {
    const column =
      declared.find(({ path }) => isAt(path, half))?.name ??
      found.find((each) => isAt(each.found.path, half))?.column.name ??
      half.path.at(-1) ??
      ''
    const before = counted.get(column) ?? { kind: 'half-character', column, rows: 0, exampleKey: half.key }
    counted.set(column, { ...before, rows: before.rows + 1 })
  }
  return [...counted.values()]
}
