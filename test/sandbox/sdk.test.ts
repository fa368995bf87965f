import * as klaviyo from 'klaviyo-api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts'
import { operations, requiredFilter, visits } from './operations.ts'

/** Klaviyo's official SDK, written for the real service, reads from the sandbox over a real socket. */
type Call = (...args: readonly unknown[]) => Promise<{ body: { data: unknown; links?: { next?: string } } }>

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({ seed: 3, profiles: 400, events: 3_000, limits: 'off' })
})
afterAll(() => sandbox.close())

/** The SDK's method for an operation: `get_events` is `getEvents` of one of its classes. */
function method(id: string): Call | null {
  const name = id.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
  for (const Api of Object.values(klaviyo)) {
    if (typeof Api !== 'function' || !Api.name.endsWith('Api') || !(name in Api.prototype)) continue
    const session = new klaviyo.ApiKeySession(
      'pk_test',
      new klaviyo.RetryWithExponentialBackoff({ numRetries: 0 }),
    )
    const api = new (Api as unknown as new (session: unknown) => Record<string, Call> & { basePath: string })(
      session,
    )
    api.basePath = sandbox.url
    return (...args) => (api[name] as Call)(...args)
  }
  return null
}

const lists = operations.filter(({ path, many }) => many && !path.includes('{'))

test.for(lists.map((operation) => [operation.id, operation] as const))(
  '%s reads every row, page by page',
  async ([id, operation]) => {
    const call = method(id)
    if (call === null) throw new Error(`the SDK has no method for ${id}`)
    const filter = requiredFilter(operation, sandbox)
    const pageSize = operation.paging?.size?.max
    let rows = 0
    for (let pageCursor: string | undefined, first = true; first || pageCursor !== undefined; first = false) {
      const options = {
        ...(filter === null ? {} : { filter }),
        ...(pageSize === undefined ? {} : { pageSize }),
      }
      const args =
        operation.path === '/api/campaigns' || operation.path === '/api/coupon-codes'
          ? [filter, { ...options, pageCursor }]
          : [{ ...options, pageCursor }]
      const { body } = await call(...args)
      rows += (body.data as readonly unknown[]).length
      pageCursor = body.links?.next ?? undefined
    }
    const { total } = sandbox.stats()
    expect(total.failed).toBe(0)
    expect(rows).toBeGreaterThan(0)
    if (filter === null && !['flow', 'image'].includes(operation.type)) {
      expect(rows).toBe([...sandbox.truth(operation.type)].length)
    }
  },
)

test('all other reads come through its deserialisation', async () => {
  const failed: string[] = []
  let calls = 0
  for (const visit of visits(sandbox, 1)) {
    if (visit === null || visit.id === null) continue
    const call = method(visit.operation.id)
    if (call === null) {
      failed.push(`${visit.operation.id}: no such method`)
      continue
    }
    calls += 1
    await call(visit.id, {}).catch((error: { status?: number; message?: string }) => {
      // A relation with nothing at its other end.
      if (error.status !== 404) failed.push(`${visit.operation.id}: ${error.message}`)
    })
  }
  expect(failed).toEqual([])
  expect(calls).toBeGreaterThan(140)
}, 60_000)
