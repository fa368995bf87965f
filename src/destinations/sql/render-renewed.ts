import type { Statement } from './database.ts'
import type { RenderContext } from './sql.ts'
import { Values } from './sql.ts'

/** Rows of an account: how they are told in the table (alias `t`) and in the stage (`s`), and when two have one key. */
export type RenewedRows = Readonly<{
  account: string
  own: Readonly<{ t: string; s: string }>
  sameKey: string
}>

/**
 * What becomes of an account's rows when others take the place of all of them, before they do: how many are of new keys,
 * and how many of the old ones do not come again.
 */
export function countsOfRenewed(
  { account, own, sameKey }: RenewedRows,
  { dialect, table, staged }: Pick<RenderContext, 'dialect' | 'table' | 'staged'>,
): readonly Statement[] {
  const [inserted, removed] = [new Values(dialect), new Values(dialect)]
  return [
    inserted.statement(`select count(*) as inserted
from ${staged} as s
where ${own.s} = ${inserted.bind(account)}
  and not exists (select 1 from ${table} as t where ${sameKey})`),
    removed.statement(`select count(*) as removed
from ${table} as t
where ${own.t} = ${removed.bind(account)}
  and not exists (select 1 from ${staged} as s where ${sameKey})`),
  ]
}
