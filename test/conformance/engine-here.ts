import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Engine } from '../../src/engine/engine.ts'
import { openEngine } from '../../src/engine/open-engine.ts'

/** An engine with a folder of its own. Stages are made in it by plain SQL (see `stageOf`), not from pages. */
export async function engineHere(): Promise<{ engine: Engine; close: () => Promise<void> }> {
  const tempDirectory = await mkdtemp(join(tmpdir(), 'sluice-engine-'))
  const engine = await openEngine({ tempDirectory, threads: 1 })
  const close = async (): Promise<void> => {
    await engine[Symbol.asyncDispose]()
    await rm(tempDirectory, { recursive: true })
  }
  return { engine, close }
}
