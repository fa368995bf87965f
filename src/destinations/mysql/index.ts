import type { Engine } from '../../engine/engine.ts'
import type { Open } from '../open.ts'
import type { Database } from '../sql/database.ts'
import { SqlPlace } from '../sql/sql-place.ts'
import { parseMySqlUri } from './config.ts'
import { MySqlDatabase } from './driver.ts'

export const connect = (uri: string, engine: Engine): Promise<Database> =>
  MySqlDatabase.connect(parseMySqlUri(uri), engine)

export const open: Open = async (uri, engine) => new SqlPlace(await connect(uri, engine))
