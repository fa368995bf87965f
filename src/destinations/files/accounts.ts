import { join } from 'node:path'
import { identitiesOf } from '../../model/account.ts'
import type { AccountIdentity } from '../../model/account.ts'
import { SluiceError } from '../../model/errors.ts'
import { accountName } from '../account-name.ts'
import type { KnownAccount } from '../account-name.ts'
import { renamedMeanwhile } from '../renamed-meanwhile.ts'
import type { TargetRequest } from '../target.ts'
import { isCode, namesIn } from './disk.ts'
import { OWN_FOLDER } from './layout.ts'
import type { Manifest } from './manifest.ts'
import type { Opened } from './opened.ts'
import { TableFolder } from './table-folder.ts'

/** A table of the place, and what it is now. */
export type Found = Readonly<{ table: TableFolder; manifest: Manifest }>

/**
 * Every table of the place that has this format.
 * @throws SluiceError `newer-destination` when one was written by a newer sluice
 */
export async function tablesIn({ folder, format }: Opened): Promise<readonly Found[]> {
  const found: Found[] = []
  const look = async (path: string): Promise<boolean> => {
    if (!(await there(path)).includes(OWN_FOLDER)) return false
    const nameless = new TableFolder(path, { schema: null, name: '' }, format)
    const manifest = await nameless.read().catch(noneOfOurs)
    if (manifest !== null && manifest.version > 0)
      found.push({ table: new TableFolder(path, manifest.table, format), manifest })
    return true
  }
  for (const name of await there(folder)) {
    const path = join(folder, name)
    if (!(await look(path))) for (const inner of await there(path)) await look(join(path, inner))
  }
  return found
}

/** What may not be looked into is nothing of ours. */
const there = (path: string): Promise<readonly string[]> =>
  namesIn(path).catch((error: unknown) => {
    if (isCode(error, 'EACCES', 'EPERM')) return []
    throw error
  })

/** Tables of another format, and such as cannot be read, are told of by whoever loads them. */
function noneOfOurs(error: unknown): null {
  if (error instanceof SluiceError && ['occupied-table', 'unopenable-file'].includes(error.code)) return null
  throw error
}

/** Every account that the tables have rows or notes of. */
export function accountsOf(tables: readonly Pick<Found, 'manifest'>[]): readonly KnownAccount[] {
  const identities = new Map<string, Set<string>>()
  const add = (name: string, more: readonly string[] = []): void => {
    identities.set(name, new Set([...(identities.get(name) ?? []), ...more]))
  }
  for (const { manifest } of tables) {
    for (const { account } of [...manifest.files, ...manifest.notes]) add(account)
    for (const { name, identities: each } of manifest.accounts) add(name, each)
  }
  return [...identities].map(([name, each]) => ({ name, identities: [...each] }))
}

/**
 * What is noted of accounts in a table, with that of a run that is about to write into it. Looks once more whether the
 * name is still right: another run may have begun with it, or somebody has renamed it, since this run asked.
 * @throws SluiceError `usage`, as `accountName` does
 */
export async function withAccount(
  opened: Opened,
  { accounts }: Pick<Manifest, 'accounts'>,
  { account, identity }: Pick<TargetRequest, 'account' | 'identity'>,
): Promise<Manifest['accounts']> {
  if (identity === null || isNoted(accounts, account, identity)) return accounts
  const name = accountName(identity, accountsOf(await tablesIn(opened)), opened.label)
  if (name !== account) throw renamedMeanwhile(account, name, opened.label)
  const before = accounts.find((each) => each.name === account)?.identities ?? []
  return [
    ...accounts.filter((each) => each.name !== account),
    { name: account, identities: [...new Set([...before, ...identitiesOf(identity)])] },
  ]
}

function isNoted(accounts: Manifest['accounts'], account: string, identity: AccountIdentity): boolean {
  const wanted = identitiesOf(identity)
  return wanted.every((each) =>
    accounts.some(({ name, identities }) => name === account && identities.includes(each)),
  )
}
