import { readdir, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { holderOf } from './owner.ts'

const DAY_MS = 86_400_000

/** Pages hold personal data, and Klaviyo has them still: after a day they are not loaded any more. */
const KEEP_MS = 2 * DAY_MS

/** Somebody may want to look at what could not be loaded. */
const KEEP_ASIDE_MS = 7 * DAY_MS

/** Where pages lie that could not be loaded: beside the folder of those that wait. */
export const quarantineOf = (landingFolder: string): string => join(dirname(landingFolder), 'quarantine')

/** What sluice makes here; the folder may be one that holds other things, too. */
const OURS = /^([0-9a-f]{24})(\.lock(\..*)?)?$/

/** Deletes pages of runs that stopped long ago and were never asked for again, whatever they were to be loaded into. */
export async function sweepAbandoned(landingFolder: string, nowMs: number): Promise<void> {
  await sweep(landingFolder, nowMs, KEEP_MS)
  await sweep(quarantineOf(landingFolder), nowMs, KEEP_ASIDE_MS)
}

/** Deletes the folders in which nothing has come or gone for so long, and the locks, unless somebody holds them. */
async function sweep(root: string, nowMs: number, keepMs: number): Promise<void> {
  for (const name of await readdir(root).catch(() => [])) {
    const [, table, lock] = OURS.exec(name) ?? []
    const path = join(root, name)
    if (table === undefined || nowMs - (await lastChange(path)) < keepMs) continue
    const { state } = await holderOf(lock === undefined ? `${path}.lock` : path, nowMs, keepMs)
    if (state !== 'alive') await rm(path, { recursive: true, force: true })
  }
}

/** When something last came or went; never for what is not there any more, and for what is neither file nor folder. */
async function lastChange(path: string): Promise<number> {
  const names = await readdir(path).catch(() => [])
  const stats = await Promise.all(
    [path, ...names.map((name) => join(path, name))].map((each) => stat(each).catch(() => null)),
  )
  return Math.max(...stats.map((each) => each?.mtimeMs ?? Infinity))
}
