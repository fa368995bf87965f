import { denied, noKey, Refusal, wrongKey } from './errors.ts'
import type { Operation } from './spec.ts'

/** What a key may do. */
export type Key = Readonly<{
  /** 1, 2, 3 … */
  account: number
  scopes: readonly string[] | 'all'
  /** Private keys of accounts without this product get a 403 on webhooks and their topics (recorded). */
  advancedKdp?: boolean
}>

/**
 * Keys that every sandbox knows: `pk_test` and, for further accounts, `pk_test_2`, `pk_test_3` … may read everything.
 * The others are for account 1 and lack something.
 */
export function defaultKeys(accounts: number): ReadonlyMap<string, Key> {
  const keys = new Map<string, Key>([
    ['pk_test', { account: 1, scopes: 'all' }],
    ['pk_test_events_only', { account: 1, scopes: ['events:read'] }],
    ['pk_test_no_scopes', { account: 1, scopes: [] }],
    ['pk_test_no_kdp', { account: 1, scopes: 'all', advancedKdp: false }],
  ])
  for (let account = 2; account <= accounts; account += 1)
    keys.set(`pk_test_${account}`, { account, scopes: 'all' })
  return keys
}

/** The key of an `Authorization` header; private keys and OAuth tokens are the same here. */
export function authenticate(header: string | undefined, keys: ReadonlyMap<string, Key>): Key {
  if (header === undefined || header === '') throw new Refusal([noKey()])
  const [, , token = ''] = /^(Klaviyo-API-Key|Bearer)\s+(\S+)\s*$/i.exec(header) ?? []
  const key = keys.get(token)
  if (key === undefined) throw new Refusal([wrongKey()])
  return key
}

export function authorize(key: Key, operation: Operation): void {
  const missing = key.scopes === 'all' ? [] : operation.scopes.filter((scope) => !key.scopes.includes(scope))
  if (missing.length > 0) {
    throw new Refusal([denied(`The API key is missing the required scopes: ${missing.join(', ')}`)])
  }
  if (key.advancedKdp === false && operation.scopes.includes('webhooks:read')) {
    throw new Refusal([denied('You must have Advanced KDP enabled to use this endpoint.')])
  }
}
