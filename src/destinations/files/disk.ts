import { link, mkdir, open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'

/** Whether an error of the file system is this one. */
export const isCode = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code))

/** Waits until what was written to a file, or the names in a folder, are on the disk. */
export async function settle(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } catch (error) {
    // Windows, and some network file systems, do not sync folders.
    if (!isCode(error, 'EPERM', 'EISDIR', 'EINVAL', 'ENOTSUP')) throw error
  } finally {
    await handle.close()
  }
}

/** Writes a file and waits until it is on the disk. */
export async function writeDurably(path: string, text: string): Promise<void> {
  const handle = await open(path, 'w')
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Gives a file a name that nobody has: false, and nothing has happened, when somebody does. */
export async function claimName(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    await rm(from)
    return true
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false
    // No hard links here (exFAT, some network file systems): then the lease alone has to keep others away.
    if (!isCode(error, 'EPERM', 'ENOTSUP', 'ENOSYS', 'EOPNOTSUPP')) throw error
    if (await exists(to)) return false
    await rename(from, to)
    return true
  }
}

export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if (isCode(error, 'ENOENT', 'ENOTDIR')) return false
    throw error
  }
}

/** Names in a folder; none where there is no folder. */
export async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (isCode(error, 'ENOENT', 'ENOTDIR')) return []
    throw error
  }
}

/** Makes a folder and those above it, and waits until their names are on the disk. */
export async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true })
  if (first === undefined) return
  for (let made = path; made.length >= first.length; made = dirname(made)) await settle(dirname(made))
}

/** Moves a file, or sees that it has been moved already. */
export async function moveOnce(from: string, to: string): Promise<void> {
  await makeFolder(dirname(to))
  try {
    await rename(from, to)
  } catch (error) {
    if (!isCode(error, 'ENOENT') || !(await exists(to))) throw error
  }
}

/** Removes folders that are empty, from this one up to `top`, which stays. */
export async function pruneUpTo(folder: string, top: string): Promise<void> {
  for (let each = folder; relative(top, each) !== '' && !relative(top, each).startsWith('..');) {
    try {
      await rmdir(each)
    } catch (error) {
      if (isCode(error, 'ENOTEMPTY', 'EEXIST', 'ENOENT')) return
      throw error
    }
    each = dirname(each)
  }
}

/** Paths of the files below a folder, from it, what begins with `_` or `.` left out, as readers do. */
export async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((path) => !/(^|[/\\])[_.]/.test(path))
}
