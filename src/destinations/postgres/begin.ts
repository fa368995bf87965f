import type { Client, QueryResult } from 'pg'

// Set for one transaction at a time: behind a pool in transaction mode the next one may have another connection, and
// what is set for a connection would be somebody else's then.
const SETTINGS = [
  `set local timezone = 'UTC'`,
  `set local datestyle = 'ISO'`,
  'set local extra_float_digits = 1',
  `set local intervalstyle = 'postgres'`,
  `set local bytea_output = 'hex'`,
  'set local standard_conforming_strings = on',
  // Longer than any load that another run may be in the middle of, and not for ever.
  `set local lock_timeout = '5min'`,
]

export type Isolation = 'read committed' | 'repeatable read read only'

/**
 * Begins a transaction in which values are spelled alike whatever the database and the role prefer.
 * @returns the number of the server's process, which behind a pool is another each time
 */
export async function begin(client: Client, isolation: Isolation): Promise<string | null> {
  // Several statements in one text are one journey, and have a result each.
  const text = [
    `begin isolation level ${isolation}`,
    ...SETTINGS,
    'select pg_backend_pid()::text as pid',
  ].join('; ')
  const results = (await client.query(text)) as unknown as readonly QueryResult<{ pid: string }>[]
  return results.at(-1)?.rows[0]?.pid ?? null
}
