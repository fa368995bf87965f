import type { TableName } from '../../src/model/names.ts'
import type { Bench } from './bench.ts'
import type { Claim, Claims } from './claims.ts'

/** What a test is handed: an open destination and a table name of its own. */
export type Ground = Readonly<{ bench: Bench; target: TableName; claims: Claims; uri: string }>

export type Check = (
  name: string,
  work: (ground: Ground) => Promise<void>,
  /** Given when the test is about something that a destination may say no to. */
  claim?: (claims: Claims) => Claim,
) => void

/** Tests that every destination has to pass. */
export type Suite = (check: Check) => void
