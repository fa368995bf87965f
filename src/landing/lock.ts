import { link, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { SluiceError } from '../model/errors.ts'
import { diskFault } from './disk-fault.ts'
import { isRunning, processId } from './process-id.ts'
import { makePrivateFolder } from './private-folder.ts'

const ATTEMPTS = 50
const WAIT_MS = 5
let made = 0

/**
 * Keeps two runs from loading the same table of the same destination at once: each would take the other's landed
 * pages for leftovers. A lock whose process is gone is taken over.
 * @throws SluiceError `usage` when another run has it
 */
export async function lock(folder: string, what: string): Promise<AsyncDisposable> {
  const file = `${folder}.lock`
  const own = `${file}.${process.pid}-${made++}`
  try {
    await makePrivateFolder(dirname(folder))
    // Linked, not opened: nobody may see a lock that does not say whose it is.
    await writeFile(own, await processId(process.pid), { mode: 0o600 })
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (await isLinked(own, file)) {
        await sweep(file)
        return { [Symbol.asyncDispose]: () => rm(file, { force: true }) }
      }
      const holder = await readFile(file, 'utf8').catch(() => null)
      if (holder === null) continue
      if (await isRunning(holder))
        throw new SluiceError(
          'usage',
          `Process ${holder.split(' ')[0]} is loading ${what} already. Wait until it has finished, then run the same command again.`,
        )
      await breakLock(file, own)
    }
  } catch (error) {
    throw error instanceof SluiceError ? error : diskFault(error, dirname(folder))
  } finally {
    await rm(own, { force: true })
  }
  throw new SluiceError('usage', `Another run of ${what} is starting at this moment. Try again.`)
}

/** Removes what others linked from and could not take away before they were killed. */
async function sweep(file: string): Promise<void> {
  const prefix = `${basename(file)}.`
  for (const name of await readdir(dirname(file))) {
    if (!name.startsWith(prefix)) continue
    const path = join(dirname(file), name)
    const owner = await readFile(path, 'utf8').catch(() => '')
    // An empty one may be written at this moment.
    if (owner !== '' && !(await isRunning(owner))) await rm(path, { force: true })
  }
}

async function isLinked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

/** Removes a lock whose process is gone. One at a time: the next would remove the lock that the first then took. */
async function breakLock(file: string, own: string): Promise<void> {
  const breaking = `${file}.breaking`
  if (!(await isLinked(own, breaking))) {
    // It may have been killed in the middle of the few lines below.
    const breaker = await readFile(breaking, 'utf8').catch(() => null)
    if (breaker !== null && !(await isRunning(breaker))) await rm(breaking, { force: true })
    await setTimeout(WAIT_MS)
    return
  }
  try {
    const holder = await readFile(file, 'utf8').catch(() => null)
    if (holder !== null && !(await isRunning(holder))) await rm(file, { force: true })
  } finally {
    await rm(breaking, { force: true })
  }
}
