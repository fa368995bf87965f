import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sweepAbandoned } from './abandoned.ts'
import { processId } from './process-id.ts'

const DAY_MS = 86_400_000

test('pages that nobody came back for go after two weeks; those of a run that goes on stay', async () => {
  const root = await mkdtemp(join(tmpdir(), 'sluice-abandoned-'))
  try {
    for (const name of ['left', 'running']) {
      await mkdir(join(root, name, '1-2-3'), { recursive: true })
      await writeFile(join(root, name, '1-2-3', '000001_0_1_2_3.json'), '{}')
    }
    await writeFile(join(root, 'running.lock'), await processId(process.pid))
    await writeFile(join(root, 'left.lock'), '999999999 1')
    await sweepAbandoned(root, Date.now() + 13 * DAY_MS)
    expect((await readdir(root)).toSorted()).toEqual(['left', 'left.lock', 'running', 'running.lock'])
    await sweepAbandoned(root, Date.now() + 15 * DAY_MS)
    expect((await readdir(root)).toSorted()).toEqual(['running', 'running.lock'])
    await sweepAbandoned(join(root, 'nowhere'), Date.now())
  } finally {
    await rm(root, { recursive: true, force: true })
  }
})
