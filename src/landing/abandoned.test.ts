import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { quarantineOf, sweepAbandoned } from './abandoned.ts'
import { lock } from './lock.ts'
import { folderName } from './state-folder.ts'

const DAY_MS = 86_400_000
const [left, running, mine] = [folderName('left'), folderName('running'), 'holiday photos']

let state = ''
let root = ''
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'sluice-abandoned-'))
  root = join(state, 'landing')
})
afterEach(() => rm(state, { recursive: true, force: true }))

const page = async (folder: string): Promise<void> => {
  await mkdir(join(folder, '1-2-3'), { recursive: true })
  await writeFile(join(folder, '1-2-3', 'page.json'), '{}')
}

test('pages that nobody came back for go after two days; those of a run that goes on stay, and what is not ours', async () => {
  for (const name of [left, running, mine]) await page(join(root, name))
  await writeFile(join(root, `${left}.lock`), JSON.stringify({ space: 'elsewhere', pid: 1, started: '1' }))
  await writeFile(join(root, `${left}.lock.0`), '')
  await using held = await lock(join(root, running), 'it')
  void held
  await sweepAbandoned(root, Date.now() + 1.9 * DAY_MS)
  expect((await readdir(root)).length).toBe(6)
  await sweepAbandoned(root, Date.now() + 2.1 * DAY_MS)
  expect((await readdir(root)).toSorted()).toEqual([mine, running, `${running}.lock`].toSorted())
})

test('pages that were set aside go after a week', async () => {
  const quarantine = quarantineOf(root)
  await page(join(quarantine, left))
  await sweepAbandoned(root, Date.now() + 6 * DAY_MS)
  expect(await readdir(quarantine)).toEqual([left])
  await sweepAbandoned(root, Date.now() + 8 * DAY_MS)
  expect(await readdir(quarantine)).toEqual([])
})

test('links are not followed, be it in circles or out of the folder', async () => {
  const other = join(state, 'other')
  await page(other)
  await mkdir(join(root, left), { recursive: true })
  await symlink(root, join(root, left, 'round'))
  await symlink(other, join(root, left, 'out'))
  await symlink(other, join(root, running))
  await sweepAbandoned(root, Date.now() + 20 * DAY_MS)
  expect(await readdir(root)).toEqual([])
  expect(existsSync(join(other, '1-2-3', 'page.json'))).toBe(true)
})

test('where there is nothing, and where nothing can be, there is nothing to do', async () => {
  await sweepAbandoned(join(root, 'nowhere'), Date.now())
  await sweepAbandoned('/proc/landing', Date.now())
  await symlink(join(state, 'loop'), join(state, 'loop'))
  await sweepAbandoned(join(state, 'loop', 'landing'), Date.now())
})
