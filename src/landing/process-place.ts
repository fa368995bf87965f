import { readFile, readlink } from 'node:fs/promises'
import { hostname } from 'node:os'

/** Which process, among all of all machines that may see a folder. */
export type ProcessPlace = Readonly<{
  /** Within one of these, process numbers mean the same: a boot of a machine, and a namespace in it. */
  space: string
  pid: number
  /** Ticks since boot, where the system says so: numbers are used again, and in a container often the same one is. */
  started: string
}>

/** This process. A container has numbers of its own, which mean others outside of it. */
export async function thisProcess(): Promise<ProcessPlace> {
  const { pid } = process
  const own = await statOf('self')
  // Where the numbers in /proc are another namespace's, nothing in it tells about ours.
  if (own === null || own.pid !== pid) return { space: `host ${hostname()}`, pid, started: '' }
  const [boot, namespace] = await Promise.all([
    readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => ''),
    readlink('/proc/self/ns/pid').catch(() => ''),
  ])
  if (boot === '' || namespace === '') return { space: `host ${hostname()}`, pid, started: own.started }
  return { space: `${boot.trim()} ${namespace}`, pid, started: own.started }
}

/** Whether it is there; null: cannot be told from here. */
export async function isThere(place: ProcessPlace): Promise<boolean | null> {
  const { space } = await thisProcess()
  if (place.space !== space) return null
  if (!isAlive(place.pid)) return false
  const stat = await statOf(String(place.pid))
  if (stat === null || place.started === '') return null
  // A killed process keeps its number until its parent asks for it, which in a container may be never.
  return stat.state !== 'Z' && stat.started === place.started
}

async function statOf(
  process: string,
): Promise<Readonly<{ pid: number; state: string; started: string }> | null> {
  const text = await readFile(`/proc/${process}/stat`, 'utf8').catch(() => null)
  if (text === null) return null
  // The second field is the command in brackets and may hold anything; its followers are counted from there.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return { pid: Number.parseInt(text, 10), state: fields[0] ?? '', started: fields[19] ?? '' }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
