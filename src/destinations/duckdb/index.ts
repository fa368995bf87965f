import { existsSync } from 'node:fs'
import type { Open } from '../destination.ts'
import { parseDuckDbUri } from './config.ts'
import { DuckDbDestination } from './driver.ts'

export const open: Open = (uri, engine) => {
  const config = parseDuckDbUri(uri, process.cwd())
  return DuckDbDestination.attach(engine, config, config.kind === 'file' && !existsSync(config.path))
}
