import { SluiceError } from '../model/errors.ts'
import { sameMadeOf } from '../model/made-of.ts'
import type { MadeOf } from '../model/made-of.ts'
import type { TableName } from '../model/names.ts'
import { formatTableName } from '../model/table-name.ts'

/** `mixed`: rows of both shapes, left by a version that remembered none. */
export type Found = MadeOf | 'mixed' | null

/**
 * Refuses rows that are made of something else than those that are there. Nothing found is nothing to differ from.
 * @throws SluiceError `changed-shape`
 */
export function refuseChangedShape(
  { table, sourceTable, madeOf }: Readonly<{ table: TableName; sourceTable: string; madeOf: MadeOf }>,
  found: Found,
): void {
  if (found === null || (found !== 'mixed' && sameMadeOf(found, madeOf))) return
  throw new SluiceError(
    'changed-shape',
    (option) => {
      const name = formatTableName(table)
      const [flat, refresh] = [option('flatten'), option('fullRefresh')]
      const anew = madeOf.flatten ? `${refresh} and ${flat} together` : refresh
      if (found === 'mixed')
        return `Table "${name}" has rows that were loaded with ${flat} and rows that were loaded without it. Read it anew, with ${madeOf.flatten ? anew : `${refresh} (and ${flat}, if you want a column for each field)`}.`
      return found.flatten
        ? `Table "${name}" was loaded with ${flat}, and this run is without it: its rows would be of two kinds. Write ${flat}; or read everything anew without it, with ${anew}.`
        : `Table "${name}" was loaded without ${flat}, and this run has it: its rows would be of two kinds. Leave ${flat} out; or read everything anew, with ${anew}.`
    },
    { facts: { table: sourceTable, option: 'flatten' } },
  )
}
