// The sandbox that stores are filled from: the rows of shop.json.gz, at a moment that is always the same.
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { startSandbox } from '../../../dist/sandbox/index.js'

export const STARTS_AT_MS = Date.UTC(2026, 10, 20, 12)
export const DAY_MS = 86_400_000

const nobody = {
  count: 0,
  find: () => -1,
  lowerBound: () => 0,
  maxResourceBytes: 0,
}

/**
 * `onRequest` as the sandbox takes it. Time stands still but for `sandbox.clock.advance`. `applyChanges` makes the shop
 * what it is in the second half of a store's history.
 */
export async function openSandbox(onRequest) {
  const accounts = JSON.parse(
    gunzipSync(readFileSync(new URL('../shop.json.gz', import.meta.url))).toString('utf8'),
  )
  let atMs = STARTS_AT_MS
  const sandbox = await startSandbox({
    accounts: accounts.length,
    limits: 'off',
    gzip: true,
    clock: { now: () => atMs, advance: (ms) => (atMs += ms), scale: 0 },
    shop: ({ account }) => ({
      accountId: accounts[account - 1].accountId,
      resources: new Map(),
      profiles: nobody,
      events: nobody,
      memberships: () => [],
    }),
    onRequest,
  })
  const putAll = (name) => {
    for (const [index, account] of accounts.entries())
      for (const resource of account[name]) sandbox.changes(index + 1).putResource(resource)
  }
  putAll('resources')
  const applyChanges = () => {
    putAll('put')
    for (const [index, { gone }] of accounts.entries())
      for (const { type, id } of gone) sandbox.changes(index + 1).deleteResource(type, id)
  }
  return { sandbox, applyChanges }
}
