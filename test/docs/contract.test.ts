import { spawnSync } from 'node:child_process'
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from './pages.ts'

test('"npm run contract" looks for the OpenAPI file before it installs anything', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-contract-'))
  try {
    for (const name of ['package.json', 'package-lock.json', 'scripts'])
      await cp(join(root, name), join(folder, name), { recursive: true })
    const { status, stderr } = spawnSync('npm', ['run', '--silent', 'contract'], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, SLUICE_SPEC: 'nowhere.json' },
    })
    expect(stderr).toMatch(
      /^Klaviyo's OpenAPI file is not at "nowhere.json", .* SLUICE_SPEC\. Nothing was installed\.\n$/,
    )
    expect(status).toBe(2)
    expect((await readdir(folder)).sort()).toEqual(['package-lock.json', 'package.json', 'scripts'])
  } finally {
    await rm(folder, { recursive: true })
  }
})
