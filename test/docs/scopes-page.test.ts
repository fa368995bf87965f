import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root, textOf } from './pages.ts'

test('docs/scopes.md is what scripts/write-scopes.mjs makes of the catalog', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-scopes-'))
  try {
    const page = join(folder, 'scopes.md')
    // A row less and a row more: the script has something to do.
    const emptied = textOf('docs/scopes.md').replace(/^\| `events:read` .*$/m, '| `nothing:read` | nothing |')
    expect(emptied).not.toBe(textOf('docs/scopes.md'))
    await writeFile(page, emptied)
    const { status, stderr } = spawnSync(process.execPath, ['scripts/write-scopes.mjs', page], {
      cwd: root,
      encoding: 'utf8',
    })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(await readFile(page, 'utf8')).toBe(textOf('docs/scopes.md'))
  } finally {
    await rm(folder, { recursive: true })
  }
})
