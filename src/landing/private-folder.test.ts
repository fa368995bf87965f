import { existsSync } from 'node:fs'
import { mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makePrivateFolder } from './private-folder.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-private-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('makes what is missing, for its owner alone; what is there is fine', async () => {
  const deep = join(folder, 'a', 'b', 'c')
  await Promise.all([makePrivateFolder(deep), makePrivateFolder(deep), makePrivateFolder(join(folder, 'a'))])
  await makePrivateFolder(deep)
  for (const each of [deep, join(folder, 'a')]) expect((await stat(each)).mode & 0o777).toBe(0o700)
  await symlink(deep, join(folder, 'link'))
  await makePrivateFolder(join(folder, 'link', 'd'))
})

test('a file, a loop of links, and what is in neither: an error, not a hang', async () => {
  await writeFile(join(folder, 'file'), '')
  await symlink(join(folder, 'loop'), join(folder, 'loop'))
  for (const [path, code] of [
    [join(folder, 'file'), 'EEXIST'],
    [join(folder, 'file', 'x'), 'ENOTDIR'],
    [join(folder, 'loop', 'x', 'y'), 'ELOOP'],
  ] as const)
    await expect(makePrivateFolder(path)).rejects.toMatchObject({ code })
})

test('a place where nothing can be made', async (context) => {
  if (!existsSync('/proc/self')) return context.skip('there is no /proc here')
  await expect(makePrivateFolder('/proc/sluice/landing')).rejects.toMatchObject({ code: 'ENOENT' })
})
