import { readFile } from 'node:fs/promises'

/**
 * What tells this process from any other that has or will have its number: in a container it is often the same
 * one. The second part is when the process started, in ticks since boot, where the system says so (Linux).
 */
export const processId = async (pid: number): Promise<string> =>
  `${pid} ${(await statOf(pid)).started}`.trim()

/** Whether the process that called itself so is still there. */
export async function isRunning(id: string): Promise<boolean> {
  const pid = Number(id.split(' ')[0])
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid)) return false
  const { state, started } = await statOf(pid)
  // A killed process keeps its number until its parent asks for it, which in a container may be never.
  return state !== 'Z' && `${pid} ${started}`.trim() === id
}

async function statOf(pid: number): Promise<Readonly<{ state: string; started: string }>> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  // The second field is the command in brackets and may hold anything; its followers are counted from there.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return { state: fields[0] ?? '', started: fields[19] ?? '' }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
