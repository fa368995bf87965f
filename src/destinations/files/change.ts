import type { Opened } from './opened.ts'
import { fileFailed } from './errors.ts'
import { Lease } from './lease.ts'
import { isPublished } from './manifest.ts'
import type { Manifest } from './manifest.ts'
import type { TableFolder } from './table-folder.ts'

/** A table whose lease is held: nobody else changes it meanwhile. */
export type Held = Readonly<{ lease: Lease; manifest: Manifest }>

/**
 * Works on a table while holding its lease. What a killed process has left to be done is done first. Temporary tables
 * that the work makes are gone after it.
 */
export async function change<T>(
  opened: Opened,
  table: TableFolder,
  signal: AbortSignal,
  work: (held: Held) => Promise<T>,
): Promise<T> {
  const { session } = opened
  try {
    signal.throwIfAborted()
    await using lease = await Lease.take(await table.make(), signal, opened.lease)
    const manifest = await table.publish(await table.read())
    await session.run('begin transaction')
    try {
      return await work({ lease, manifest })
    } finally {
      await session.run('rollback')
    }
  } catch (cause) {
    throw signal.aborted ? cause : fileFailed(opened.label, cause)
  }
}

/** The newest manifest of a table, for a look at it: what a kill left half done is done first. */
export async function look(opened: Opened, table: TableFolder): Promise<Manifest> {
  try {
    const manifest = await table.read()
    if (isPublished(manifest)) return manifest
  } catch (cause) {
    throw fileFailed(opened.label, cause)
  }
  return change(opened, table, new AbortController().signal, ({ manifest }) => Promise.resolve(manifest))
}
