import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { diskFault } from './disk-fault.ts'
import { isRunning, processId } from './process-id.ts'
import { makePrivateFolder } from './private-folder.ts'

const OWNER = 'process'

/**
 * A private folder for what is worthless once the process has ended. It goes with its owner; those of processes
 * that were killed go now, as they may hold pieces of rows.
 */
export async function scratchFolder(parent: string): Promise<AsyncDisposable & { readonly path: string }> {
  try {
    await makePrivateFolder(parent)
    for (const name of await readdir(parent)) await sweep(join(parent, name))
    const path = await mkdtemp(join(parent, 'run-'))
    await writeFile(join(path, OWNER), await processId(process.pid), { mode: 0o600 })
    return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
  } catch (error) {
    throw diskFault(error, parent)
  }
}

async function sweep(folder: string): Promise<void> {
  const owner = await readFile(join(folder, OWNER), 'utf8').catch(() => null)
  // Without an owner it is being made at this moment, or its process died just then: an empty folder either way.
  if (owner !== null && !(await isRunning(owner))) await rm(folder, { recursive: true, force: true })
}
