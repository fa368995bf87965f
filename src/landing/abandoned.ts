import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isRunning } from './process-id.ts'

/** Pages hold personal data, and Klaviyo has them still: after this long nobody is waiting for them. */
const KEEP_MS = 14 * 86_400_000

/** Where pages lie that could not be loaded: beside the folder of those that wait. */
export const quarantineOf = (landingFolder: string): string => join(dirname(landingFolder), 'quarantine')

/** Deletes pages of runs that stopped long ago and were never asked for again. */
export async function sweepAbandoned(landingFolder: string, nowMs: number): Promise<void> {
  const entries = await readdir(landingFolder, { withFileTypes: true }).catch(() => [])
  for (const entry of entries) {
    if (!entry.isDirectory()) continue
    const folder = join(landingFolder, entry.name)
    const holder = await readFile(`${folder}.lock`, 'utf8').catch(() => '')
    if ((await isRunning(holder)) || nowMs - (await lastChange(folder)) < KEEP_MS) continue
    await rm(folder, { recursive: true, force: true })
    await rm(`${folder}.lock`, { force: true })
  }
}

/** When a page last came or went; never for what is not there any more. */
async function lastChange(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => [])
  const stats = await Promise.all(
    [folder, ...names.map((name) => join(folder, name))].map((each) => stat(each).catch(() => null)),
  )
  return Math.max(...stats.map((each) => each?.mtimeMs ?? Infinity))
}
