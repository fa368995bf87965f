/**
 * Whose move it is. It decides the exit code:
 * `usage` wrong flag, URI or file (2) · `credentials` key, login or scope (3) · `source` Klaviyo · `destination` the
 * database or this machine's disk · `bug` ours (all 1) · `interrupted` the user said stop (130).
 */
export type Fault = 'usage' | 'credentials' | 'source' | 'destination' | 'bug' | 'interrupted'

/**
 * Whether the same thing, done again, can succeed: `now` at once · `later` when time has passed or others have let
 * go · `never` only after something was changed.
 */
export type Retry = 'now' | 'later' | 'never'

type Kind = Readonly<{ fault: Fault; retry: Retry }>

const usage: Kind = { fault: 'usage', retry: 'never' }
const credentials: Kind = { fault: 'credentials', retry: 'never' }
const source = (retry: Retry): Kind => ({ fault: 'source', retry })
const destination = (retry: Retry): Kind => ({ fault: 'destination', retry })

/** Everything that can go wrong, by a name that stays. Documented in docs/library.md; a test holds the two together. */
export const errorCodes = {
  'unknown-command': usage,
  'unknown-option': usage,
  'unexpected-word': usage,
  'missing-option': usage,
  'invalid-option': usage,
  'unsupported-option': usage,
  'misplaced-secret': usage,
  'invalid-source-uri': usage,
  'invalid-destination-uri': usage,
  'unknown-table': usage,
  'invalid-proxy': usage,
  'unserved-revision': usage,
  'not-klaviyo': usage,
  'driver-missing': usage,
  'port-taken': usage,
  'unusable-state-folder': usage,
  'occupied-table': usage,
  'changed-shape': usage,
  'rows-would-go': usage,
  'rows-would-change': usage,
  'renamed-account': usage,
  'taken-name': usage,
  'ambiguous-account': usage,
  'unknown-account': usage,
  'unmergeable-accounts': usage,
  'already-running': { fault: 'usage', retry: 'later' },

  'missing-key': credentials,
  'malformed-key': credentials,
  'refused-key': credentials,
  'missing-scope': credentials,
  'refused-login': credentials,
  'missing-right': credentials,

  'source-unreachable': source('later'),
  'source-failing': source('later'),
  'limit-used-up': source('later'),
  'source-crowded': source('later'),
  'source-refused': source('never'),
  'link-refused': source('later'),
  'unusable-answer': source('now'),

  'destination-unreachable': destination('later'),
  'destination-crowded': destination('later'),
  'destination-in-use': destination('later'),
  'connection-lost': destination('now'),
  'missing-database': destination('never'),
  'unopenable-file': destination('never'),
  'unfit-table': destination('never'),
  'newer-destination': destination('never'),
  'refused-query': usage,
  'broken-off': destination('now'),
  'refused-rows': destination('never'),
  'files-touched': destination('now'),
  'disk-full': destination('later'),
  'out-of-memory': destination('later'),
  'unwritable-output': destination('never'),

  'tables-failed': source('later'),
  interrupted: { fault: 'interrupted', retry: 'now' },
  bug: { fault: 'bug', retry: 'now' },
} as const satisfies Readonly<Record<string, Kind>>

export type ErrorCode = keyof typeof errorCodes

/** Exit codes as users see them. */
export const exitCodes: Readonly<Record<Fault, number>> = {
  usage: 2,
  credentials: 3,
  source: 1,
  destination: 1,
  bug: 1,
  interrupted: 130,
}
