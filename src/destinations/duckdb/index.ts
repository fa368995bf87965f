import { existsSync } from 'node:fs'
import type { Engine } from '../../engine/engine.ts'
import type { Open } from '../open.ts'
import type { Database } from '../sql/database.ts'
import { SqlPlace } from '../sql/sql-place.ts'
import { parseDuckDbUri } from './config.ts'
import { DuckDbDatabase } from './driver.ts'

export function connect(uri: string, engine: Engine): Promise<Database> {
  const config = parseDuckDbUri(uri, process.cwd())
  return DuckDbDatabase.attach(engine, config, config.kind === 'file' && !existsSync(config.path))
}

export const open: Open = async (uri, engine) => new SqlPlace(await connect(uri, engine))
