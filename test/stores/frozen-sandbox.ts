import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { startSandbox } from '../../src/sandbox/index.ts'
import type { Resource, Sandbox } from '../../src/sandbox/index.ts'
import { tinyShop } from '../sandbox/tiny-shop.ts'

type Account = Readonly<{
  accountId: string
  resources: readonly Resource[]
  put: readonly Resource[]
  gone: readonly Readonly<{ type: string; id: string }>[]
}>

/** Seconds since 1970; `to` is infinite where the request names no end. */
export type Asked = Readonly<{ operation: string; account: number | null; from: number; to: number }>

/**
 * The sandbox that the stores were filled from, as it was when their history ended, at any later moment. `asked` is
 * what it has been asked for, window by window.
 */
export async function frozenSandbox(nowMs: number): Promise<Readonly<{ sandbox: Sandbox; asked: Asked[] }>> {
  const asked: Asked[] = []
  const accounts = JSON.parse(
    gunzipSync(readFileSync(new URL('shop.json.gz', import.meta.url))).toString('utf8'),
  ) as readonly Account[]
  let atMs = nowMs
  const sandbox = await startSandbox({
    accounts: accounts.length,
    limits: 'off',
    clock: { now: () => atMs, advance: (ms) => (atMs += ms), scale: 0 },
    shop: (options) => ({
      ...tinyShop({})(options),
      accountId: accounts[options.account - 1]?.accountId ?? '',
    }),
    onRequest: ({ operation, account, url }) => {
      asked.push({ operation, account, ...windowOf(url.searchParams.get('filter') ?? '') })
    },
  })
  for (const [index, { resources, put, gone }] of accounts.entries()) {
    const changes = sandbox.changes(index + 1)
    for (const resource of [...resources, ...put]) changes.putResource(resource)
    for (const { type, id } of gone) changes.deleteResource(type, id)
  }
  return { sandbox, asked }
}

/** The half-open window of a filter, in whole seconds, as Klaviyo compares. */
function windowOf(filter: string): Readonly<{ from: number; to: number }> {
  const [, lower, from] = /(greater-than|greater-or-equal)\(\w+,([^)]+)\)/.exec(filter) ?? []
  const [, to] = /less-than\(\w+,([^)]+)\)/.exec(filter) ?? []
  return {
    from: from === undefined ? -Infinity : Date.parse(from) / 1000 + (lower === 'greater-than' ? 1 : 0),
    to: to === undefined ? Infinity : Date.parse(to) / 1000,
  }
}
