import { quoteLiteral } from '../../engine/quote.ts'
import { ACCOUNT_COLUMN } from '../../model/names.ts'
import { joinedCoverage, loserOf, refuseOthers, refuseSameRows, refuseTwoShapes } from '../rename-rules.ts'
import type { HeldRows } from '../rename-rules.ts'
import type { AccountRename, RenamedTable } from '../target.ts'
import { accountsOf, tablesIn } from './accounts.ts'
import type { Found } from './accounts.ts'
import { nameIn, readingOf } from './apply.ts'
import { change, commit } from './change.ts'
import type { Prepared } from './change.ts'
import { keysOf } from './count-rows.ts'
import { asideFolder } from './layout.ts'
import { coverageMap, NOTHING_TO_PUBLISH, noted, notesOf, recover, withShape } from './manifest.ts'
import type { DataFile, Manifest, Notes } from './manifest.ts'
import type { Opened } from './opened.ts'
import { publication } from './outputs.ts'
import { rowsOf } from './rows-sql.ts'
import { writeOutputs } from './write.ts'

/**
 * Gives an account another name in all tables of the place, by one commit: its rows are written anew, as each of them
 * says whose it is.
 */
export async function renameAccount(
  opened: Opened,
  rename: AccountRename,
  signal: AbortSignal,
): Promise<readonly RenamedTable[]> {
  const all = await tablesIn(opened)
  refuseOthers(rename, accountsOf(all), opened.label)
  const tables = all
    .filter((each) => accountsOf([each]).some(({ name }) => name === rename.from))
    .map(({ table }) => table)
  return change(opened, tables, signal, async (held) => {
    const found: Found[] = []
    for (const table of tables) found.push({ table, manifest: await table.settled() })
    for (const each of found) await refuse(opened, each, rename)
    const [main, ...others] = rename.apply ? await prepareAll(opened, found, rename) : []
    if (main !== undefined) await commit(held, main, others)
    return found.map(({ manifest }) => ({ table: manifest.table, rows: heldIn(manifest, rename).from }))
  })
}

const ownedBy = ({ files }: Manifest, account: string): readonly DataFile[] =>
  files.filter((file) => file.account === account)

function heldIn(manifest: Manifest, { from, to }: AccountRename): HeldRows {
  const rows = (account: string): number =>
    ownedBy(manifest, account).reduce((sum, file) => sum + file.rows, 0)
  return { from: rows(from), to: rows(to) }
}

async function refuse(opened: Opened, { table, manifest }: Found, rename: AccountRename): Promise<void> {
  const held = heldIn(manifest, rename)
  for (const { account, sourceTable, madeOf } of manifest.notes) {
    if (account !== rename.from) continue
    const other = notesOf(manifest, { account: rename.to, sourceTable })
    refuseTwoShapes(rename, manifest.table, held, [madeOf ?? null, other.madeOf ?? null])
  }
  const key = manifest.columns.filter(({ name }) => name === 'id')
  if (held.from === 0 || held.to === 0 || key.length === 0) return
  const keys = (name: string, account: string): Promise<string> =>
    keysOf(opened, name, rowsOf(ownedBy(manifest, account), key, readingOf(opened, table, manifest)))
  const [old, other] = [
    await keys('_sluice_old_keys', rename.from),
    await keys('_sluice_new_keys', rename.to),
  ]
  const [[twice] = []] = await opened.session.query(
    `select count(*) from ${old} where id in (select id from ${other})`,
  )
  refuseSameRows(rename, manifest.table, Number(twice))
}

async function prepareAll(
  opened: Opened,
  found: readonly Found[],
  rename: AccountRename,
): Promise<readonly Prepared[]> {
  const prepared: Prepared[] = []
  for (const { table, manifest } of found)
    prepared.push({ table, before: manifest, next: await renamed(opened, { table, manifest }, rename) })
  return prepared
}

async function renamed(
  opened: Opened,
  { table, manifest }: Found,
  rename: AccountRename,
): Promise<Omit<Manifest, 'version'>> {
  const { from, to } = rename
  const changed = await rewritten(opened, { table, manifest }, rename)
  const identities = manifest.accounts
    .filter(({ name }) => name === from || name === to)
    .flatMap((each) => each.identities)
  return {
    ...manifest,
    ...changed,
    toPublish: { ...NOTHING_TO_PUBLISH, ...changed.toPublish, sweep: [asideFolder(from)] },
    accounts: [
      ...manifest.accounts.filter(({ name }) => name !== from && name !== to),
      { name: to, identities: [...new Set(identities)] },
    ],
    notes: renamedNotes(manifest, rename),
  }
}

/** The account's files, every row of which says the new name. */
async function rewritten(
  opened: Opened,
  { table, manifest }: Found,
  { from, to }: AccountRename,
): Promise<Pick<Manifest, 'shapes' | 'files'> & ReturnType<typeof publication>> {
  const { columns, monthOf } = manifest
  const old = ownedBy(manifest, from)
  const { shapes, shape } = withShape(manifest.shapes, columns)
  const values = columns.map(({ name }) => {
    const quoted = opened.dialect.quote(name)
    return name === ACCOUNT_COLUMN ? `${quoteLiteral(to)} as ${quoted}` : quoted
  })
  const reading = readingOf(opened, table, manifest)
  const isEmpty = manifest.files.every(({ rows }) => rows === 0)
  const written = await writeOutputs(
    old
      // Of a table without rows one file stays, so that readers find it; nothing is read for that.
      .filter(({ rows }, index) => rows > 0 || (isEmpty && index === 0))
      .map((file) => ({
        partition: { account: to, month: file.month },
        sources: file.rows === 0 ? [] : [file],
        additions: false,
      })),
    {
      ...reading,
      session: opened.session,
      columns,
      monthOf,
      incoming: await table.incoming(),
      shape,
      additions: null,
      remaining: (sources) => `select ${values.join(', ')} from (\n${rowsOf(sources, columns, reading)}\n)`,
    },
  )
  // The new name has a folder of its own, so that no file takes over the name of an old one.
  const placed = written.map((each) => ({ ...each, replaces: [] }))
  const { files, toPublish } = publication(old, placed, nameIn(table, monthOf))
  const others = manifest.files.filter(({ account }) => account !== from)
  return { shapes, files: [...others, ...files], toPublish }
}

/** What is noted goes to the new name; where that has notes of its own, they are true together. */
function renamedNotes(manifest: Manifest, rename: AccountRename): readonly Notes[] {
  const { from, to } = rename
  let notes = manifest.notes
  for (const own of manifest.notes.filter(({ account }) => account === from)) {
    const { sourceTable } = own
    const other = manifest.notes.find((each) => each.account === to && each.sourceTable === sourceTable)
    notes = notes.filter((each) => each !== own && each !== other)
    const loser = other === undefined ? null : loserOf(heldIn(manifest, rename))
    const kept = loser === 'from' && other !== undefined ? other : own
    const all = other === undefined || loser !== null ? { ...kept, account: to } : joined(own, other)
    notes = noted({ ...manifest, notes }, { account: to, sourceTable }, all)
  }
  return notes
}

function joined(own: Notes, other: Notes): Notes {
  const before = coverageMap(own)
  return {
    ...other,
    snapshot: other.snapshot ?? own.snapshot,
    unfinished: other.unfinished ?? own.unfinished,
    madeOf: other.madeOf ?? own.madeOf,
    coverage: recover(other, (coverage, pass) => joinedCoverage(before.get(pass) ?? [], coverage), [
      ...before.keys(),
    ]),
  }
}
