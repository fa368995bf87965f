import type { Place } from '../destinations/target.ts'
import { SluiceError } from '../model/errors.ts'
import { formatTableName } from '../model/table-name.ts'
import { checkOptions } from '../config/check-options.ts'
import type { OptionKind, OptionKinds } from '../config/check-options.ts'

/** Which account gets which name, and where. */
export type RenameAccountOptions = Readonly<{
  destUri: string
  /** The name that its rows carry. */
  from: string
  /** The name that they are to carry. */
  to: string
  /** Without it nothing is changed, and an error says what would be. */
  yes?: boolean
  signal?: AbortSignal
  /** Where scratch files go. Default: `SLUICE_STATE_DIR`, else the XDG state folder. */
  stateFolder?: string
  env?: Readonly<Record<string, string | undefined>>
}>

export const RENAME_ACCOUNT_OPTIONS: Readonly<Record<keyof RenameAccountOptions, OptionKind>> = {
  destUri: 'uri',
  from: 'text',
  to: 'text',
  yes: 'flag',
  signal: 'signal',
  stateFolder: 'text',
  env: 'variables',
} satisfies OptionKinds

/** @throws SluiceError `usage` */
export function checkRenameAccountOptions(options: RenameAccountOptions): void {
  checkOptions(options, RENAME_ACCOUNT_OPTIONS, ['destUri', 'from', 'to'])
  for (const name of ['from', 'to'] as const)
    if (options[name].trim() !== options[name] || options[name] === '')
      throw new SluiceError(
        'invalid-option',
        (option) => `${option(name)} is empty, or has blanks around it.`,
        {
          facts: { option: name },
        },
      )
  if (options.from === options.to)
    throw new SluiceError(
      'invalid-option',
      (option) => `${option('from')} and ${option('to')} are the same: "${options.to}".`,
      { facts: { option: 'to' } },
    )
}

/** A table, as it is written, and its rows that carry the new name. */
export type RenamedRows = Readonly<{ table: string; rows: number }>

/**
 * Gives an account another name in a place.
 * @returns the tables that had rows of it
 * @throws SluiceError `rows-would-change` without a yes: what would be changed
 */
export async function renameAccount(
  place: Place,
  { from, to, yes = false }: RenameAccountOptions,
  signal: AbortSignal,
): Promise<readonly RenamedRows[]> {
  await place.ready(yes ? 'write' : 'read', signal)
  const tables = await place.renameAccount({ from, to, apply: yes }, signal)
  if (yes) return tables.map((each) => ({ ...each, table: formatTableName(each.table) }))
  const rows = tables.reduce((sum, table) => sum + table.rows, 0)
  throw new SluiceError(
    'rows-would-change',
    (option) =>
      `Renaming account "${from}" to "${to}" changes ${rows.toLocaleString('en-US')} rows in ${tables.length} tables of "${place.label}". Nothing was changed yet: add ${option('yes')} to do it.`,
    { facts: { account: from } },
  )
}
