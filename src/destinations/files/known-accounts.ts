import { join } from 'node:path'
import type { KnownAccount } from '../account-name.ts'
import { exists, namesIn } from './disk.ts'
import { OWN_FOLDER } from './layout.ts'
import type { Opened } from './opened.ts'
import { TableFolder } from './table-folder.ts'

/** Every account that has rows, or notes of them, in some table of the folder. */
export async function knownAccounts({ folder, format }: Opened): Promise<readonly KnownAccount[]> {
  const known = new Map<string, Set<string>>()
  for (const path of await tablesIn(folder)) {
    const { notes, files } = await new TableFolder(path, { schema: null, name: path }, format).read()
    for (const { account } of files) known.set(account, known.get(account) ?? new Set())
    for (const { account, identities } of notes) {
      const all = known.get(account) ?? new Set()
      for (const identity of identities) all.add(identity)
      known.set(account, all)
    }
  }
  return [...known].map(([name, identities]) => ({ name, identities: [...identities] }))
}

/** Folders that are tables: in the place's own, or in that of a schema. */
async function tablesIn(folder: string): Promise<readonly string[]> {
  const found: string[] = []
  for (const name of await namesIn(folder)) {
    const path = join(folder, name)
    if (name === OWN_FOLDER) continue
    if (await exists(join(path, OWN_FOLDER))) found.push(path)
    else
      for (const inner of await namesIn(path))
        if (await exists(join(path, inner, OWN_FOLDER))) found.push(join(path, inner))
  }
  return found
}
