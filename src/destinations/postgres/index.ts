import type { Engine } from '../../engine/engine.ts'
import type { Open } from '../open.ts'
import type { Database } from '../sql/database.ts'
import { SqlPlace } from '../sql/sql-place.ts'
import { parsePostgresUri } from './config.ts'
import { PostgresDatabase } from './driver.ts'

export const connect = (uri: string, engine: Engine): Promise<Database> =>
  PostgresDatabase.connect(parsePostgresUri(uri), engine)

export const open: Open = async (uri, engine) => new SqlPlace(await connect(uri, engine))
