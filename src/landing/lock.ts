import { mkdir, open, readFile, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { SluiceError } from '../model/errors.ts'

/** Keeps two runs from loading the same table of the same destination at once. */
export async function lock(folder: string, what: string): Promise<AsyncDisposable> {
  const file = `${folder}.lock`
  await mkdir(dirname(folder), { recursive: true, mode: 0o700 })
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      const handle = await open(file, 'wx', 0o600)
      await handle.writeFile(String(process.pid))
      await handle.close()
      return { [Symbol.asyncDispose]: () => rm(file, { force: true }) }
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
      const pid = Number(await readFile(file, 'utf8').catch(() => '0'))
      if (pid !== 0 && isAlive(pid))
        throw new SluiceError(
          'usage',
          `Process ${pid} is already loading ${what}. Wait until it has finished, then run again.`,
        )
      await rm(file, { force: true })
    }
  }
  throw new SluiceError(
    'usage',
    `Cannot lock "${folder}". Another run is starting at this moment; try again.`,
  )
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
