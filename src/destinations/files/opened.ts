import type { Session } from '../../engine/engine.ts'
import type { Mutex } from '../../util/mutex.ts'
import type { Dialect } from '../sql/dialect.ts'
import type { Format } from './format.ts'
import type { LeaseOptions } from './lease.ts'

/** A folder of tables, and what works on it. */
export type Opened = Readonly<{
  format: Format
  /** Of the place. */
  folder: string
  label: string
  /** A connection of its own to the engine, which does one thing at a time: `turns`. */
  session: Session
  turns: Mutex
  dialect: Dialect
  lease: Partial<LeaseOptions>
}>
