import { randomUUID } from 'node:crypto'
import { link, readdir, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { SluiceError } from '../model/errors.ts'
import { diskFault } from './disk-fault.ts'
import { HEARTBEAT, holderOf, Owner } from './owner.ts'
import type { Heartbeat, Holder } from './owner.ts'
import { makePrivateFolder } from './private-folder.ts'

const ATTEMPTS = 50
const WAIT_MS = 5

/**
 * Keeps two runs from loading the same table of the same destination at once: each would take the other's landed
 * pages for leftovers. It holds among all processes that see the folder, in other containers and on other hosts too;
 * a lock whose owner is gone, or has shown no sign of life for a while, is taken over.
 * @throws SluiceError `usage` when another run has it
 */
export async function lock(
  folder: string,
  what: string,
  heartbeat: Heartbeat = HEARTBEAT,
): Promise<AsyncDisposable> {
  const file = `${folder}.lock`
  const own = `${file}.${randomUUID()}`
  let owner: Owner | null = null
  let isTaken = false
  try {
    await makePrivateFolder(dirname(folder))
    // Linked, not opened: nobody may see a lock that does not say whose it is.
    owner = await Owner.write(own, heartbeat)
    isTaken = await take({ file, own, owner, what, heartbeat })
  } catch (error) {
    throw error instanceof SluiceError ? error : diskFault(error, dirname(folder))
  } finally {
    await rm(own, { force: true })
    if (!isTaken) await owner?.[Symbol.asyncDispose]()
  }
  if (!isTaken)
    throw new SluiceError('already-running', `Another run of ${what} is starting at this moment. Try again.`)
  return {
    [Symbol.asyncDispose]: async () => {
      // Somebody may have taken it over, where this machine was asleep.
      if (await owner.isAt(file)) await rm(file, { force: true })
      await owner[Symbol.asyncDispose]()
    },
  }
}

type Attempt = Readonly<{ file: string; own: string; owner: Owner; what: string; heartbeat: Heartbeat }>

/** False: others were quicker each time. */
async function take(attempt: Attempt): Promise<boolean> {
  const { file, own, what, heartbeat } = attempt
  for (let left = ATTEMPTS; left > 0; left--) {
    if (await isLinked(own, file)) {
      await sweep(attempt)
      return true
    }
    const holder = await look(file, attempt)
    if (holder.state === 'alive') throw taken(what, holder.pid)
    if (holder.state === 'silent') {
      // Where a machine has slept, all who wake on it look silent to each other for a moment.
      await setTimeout(heartbeat.everyMs * 2)
      const again = await look(file, attempt)
      if (again.state === 'alive') throw taken(what, again.pid)
    }
    await breakLock(attempt)
  }
  return false
}

const look = async (file: string, { owner, heartbeat }: Attempt): Promise<Holder> =>
  holderOf(file, await owner.nowMs(), heartbeat.goneAfterMs)

const taken = (what: string, pid: number | null): SluiceError =>
  new SluiceError(
    'already-running',
    pid === null
      ? `A run in another container or on another host is loading ${what} already, or was killed there less than half a minute ago. Wait until it has finished, then run the same command again.`
      : `Process ${pid} is loading ${what} already. Wait until it has finished, then run the same command again.`,
  )

/** Removes what others linked from and could not take away before they were killed. */
async function sweep(attempt: Attempt): Promise<void> {
  const prefix = `${basename(attempt.file)}.`
  for (const name of await readdir(dirname(attempt.file))) {
    if (!name.startsWith(prefix)) continue
    const path = join(dirname(attempt.file), name)
    if ((await look(path, attempt)).state !== 'alive') await rm(path, { force: true })
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

/** Removes a lock whose owner is gone. One at a time: the next would remove the lock that the first then took. */
async function breakLock(attempt: Attempt): Promise<void> {
  const { file, own } = attempt
  const breaking = `${file}.breaking`
  if (!(await isLinked(own, breaking))) {
    // It may have been killed in the middle of the few lines below.
    if ((await look(breaking, attempt)).state !== 'alive') await rm(breaking, { force: true })
    await setTimeout(WAIT_MS)
    return
  }
  try {
    if ((await look(file, attempt)).state !== 'alive') await rm(file, { force: true })
  } finally {
    await rm(breaking, { force: true })
  }
}
