import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Makes a folder that only its owner can look into, and those above it where they are missing. Node's own `recursive`
 * never ends where a folder can be seen and nothing can be made in it, as in `/proc` (Node 20 and 24).
 */
export async function makePrivateFolder(folder: string): Promise<void> {
  const parent = dirname(folder)
  try {
    await makeOne(folder)
  } catch (error) {
    const isParentMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    if (!isParentMissing || parent === folder) throw error
    await makePrivateFolder(parent)
    await makeOne(folder)
  }
}

async function makeOne(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 })
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST'
    if (!isThere || !(await stat(folder)).isDirectory()) throw error
  }
}
