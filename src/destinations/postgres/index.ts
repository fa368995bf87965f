import type { Open } from '../destination.ts'
import { parsePostgresUri } from './config.ts'
import { PostgresDestination } from './driver.ts'

export const open: Open = (uri, engine) => PostgresDestination.connect(parsePostgresUri(uri), engine)
