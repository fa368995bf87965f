import { fileFailed } from './errors.ts'
import { Lease } from './lease.ts'
import { isPublished } from './manifest.ts'
import type { Manifest } from './manifest.ts'
import type { Opened } from './opened.ts'
import type { TableFolder } from './table-folder.ts'

/** What guards a change of tables: nobody else changes them meanwhile. */
export type Held = readonly Lease[]

/**
 * Works on tables while holding their leases. Temporary tables that the work makes are gone after it.
 * @param tables at least one; the first is the one that is committed, the others with it
 */
export async function change<T>(
  opened: Opened,
  tables: readonly TableFolder[],
  signal: AbortSignal,
  work: (held: Held) => Promise<T>,
): Promise<T> {
  const { session } = opened
  try {
    signal.throwIfAborted()
    return await holding(opened, tables, signal, async (held) => {
      await session.run('begin transaction')
      try {
        return await work(held)
      } finally {
        await session.run('rollback')
      }
    })
  } catch (cause) {
    throw signal.aborted ? cause : fileFailed(opened.label, cause)
  }
}

async function holding<T>(
  opened: Opened,
  [table, ...others]: readonly TableFolder[],
  signal: AbortSignal,
  work: (held: Held) => Promise<T>,
  held: Held = [],
): Promise<T> {
  if (table === undefined) return work(held)
  await using lease = await Lease.take(await table.make(), signal, opened.lease)
  return await holding(opened, others, signal, work, [...held, lease])
}

/** The newest manifest of a table, for a look at it: what a kill left half done is done first. */
export async function look(opened: Opened, table: TableFolder, guard = table): Promise<Manifest> {
  try {
    const manifest = await table.read()
    if (isPublished(manifest) && !(await table.isPrepared())) return manifest
  } catch (cause) {
    throw fileFailed(opened.label, cause)
  }
  return change(opened, [guard], new AbortController().signal, () => table.settled())
}

/** A change of a table that is written and hidden, and waits for the commit. */
export type Prepared = Readonly<{ table: TableFolder; before: Manifest; next: Omit<Manifest, 'version'> }>

/**
 * Commits changes of several tables at once: the manifest of the first decides. Whoever comes after a kill finds what
 * was prepared for the others, and asks the first whether it counts.
 */
export async function commit(held: Held, main: Prepared, others: readonly Prepared[] = []): Promise<void> {
  for (const { table, before, next } of others) await table.prepare(before, next, main.table)
  const joined = others.map(({ table }) => table.from(main.table))
  const toPublish = { ...main.next.toPublish, join: joined }
  await main.table.commit(main.before, { ...main.next, toPublish }, held)
}
