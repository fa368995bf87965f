import type { RenameAccountOptions, RenamedRows } from '../sync/rename-account.ts'
import { interruptSignal } from './interrupt.ts'
import type { Terminal } from './terminal.ts'
import { counted } from './units.ts'

/** `sluice rename-account …`; resolves to the exit code. */
export async function renameAccountCommand(
  rename: (options: RenameAccountOptions) => Promise<readonly RenamedRows[]>,
  options: Omit<RenameAccountOptions, 'signal'>,
  terminal: Terminal,
): Promise<number> {
  const tables = await rename({ ...options, signal: interruptSignal(terminal.tell) })
  const rows = tables.reduce((sum, table) => sum + table.rows, 0)
  for (const each of tables) terminal.print(`${each.table}: ${counted(each.rows, 'row')}`)
  terminal.print(
    `Account "${options.from}" is "${options.to}" now: ${counted(rows, 'row')} in ${counted(tables.length, 'table')}. Write account=${options.to} into the source URI from now on.`,
  )
  return 0
}
