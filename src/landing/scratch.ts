import { mkdtemp, readdir, rm, rmdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { diskFault } from './disk-fault.ts'
import { holderOf, Owner } from './owner.ts'
import { makePrivateFolder } from './private-folder.ts'

const OWNER = 'owner'

/** Nobody waits for a folder of scratch, so what another container or host seems to have left may lie for a while. */
const GONE_AFTER_MS = 3_600_000

/**
 * A private folder for what is worthless once the process has ended. It goes with its owner; those of processes
 * that were killed go now, as they may hold pieces of rows.
 */
export async function scratchFolder(parent: string): Promise<AsyncDisposable & { readonly path: string }> {
  try {
    await makePrivateFolder(parent)
    const path = await mkdtemp(join(parent, 'run-'))
    const owner = await Owner.write(join(path, OWNER))
    const nowMs = await owner.nowMs()
    for (const name of await readdir(parent))
      if (name.startsWith('run-')) await sweep(join(parent, name), nowMs)
    return {
      path,
      [Symbol.asyncDispose]: async () => {
        await owner[Symbol.asyncDispose]()
        await rm(path, { recursive: true, force: true })
      },
    }
  } catch (error) {
    throw diskFault(error, parent)
  }
}

async function sweep(folder: string, nowMs: number): Promise<void> {
  const owner = join(folder, OWNER)
  if ((await stat(owner).catch(() => null)) !== null) {
    const { state } = await holderOf(owner, nowMs, GONE_AFTER_MS)
    if (state !== 'alive') await rm(folder, { recursive: true, force: true })
    return
  }
  // It is being made at this moment, or its process died just then; or it is none of ours.
  const made = await stat(folder).catch(() => null)
  if (made !== null && nowMs - made.mtimeMs > GONE_AFTER_MS) await rmdir(folder).catch(() => undefined)
}
