import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts'
import { all, get } from './client.ts'
import { operations, target, type Visit, visits } from './operations.ts'
import { answerValidators } from './schema.ts'
import { specMissing } from './spec-file.ts'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({ seed: 3, profiles: 400, events: 3_000, limits: 'off' })
})
afterAll(() => sandbox.close())

describe.skipIf(specMissing !== null)("every answer fits Klaviyo's own schema", () => {
  test('all readable operations, plain and with everything that can be included', async () => {
    const validatorOf = answerValidators()
    const problems: string[] = []
    const empty: string[] = []
    for (const operation of operations) {
      const validate = validatorOf(operation.path)
      const seen = visits(sandbox, 3, [operation])
      if (seen.includes(null)) empty.push(operation.path)
      for (const visit of seen) {
        if (visit === null) continue
        for (const extra of variations(visit)) {
          const path = target(visit, extra)
          const { status, text } = await get(sandbox, path)
          if (status === 404 && operation.path.split('/').length > 4 && !operation.many) continue
          if (status !== 200) problems.push(`${path}: ${text}`)
          else if (!validate(JSON.parse(text))) {
            const errors = validate.errors ?? []
            problems.push(
              `${path}: ${errors
                .slice(0, 3)
                .map((e) => `${e.instancePath} ${e.message}`)
                .join('; ')}`,
            )
          }
        }
      }
    }
    expect(problems).toEqual([])
    expect(empty).toEqual([])
  }, 60_000)
})

test.skipIf(specMissing !== null)('the validators do refuse', () => {
  const validate = answerValidators()('/api/lists')
  const list = {
    type: 'list',
    id: 'L',
    attributes: { name: null },
    links: { self: 'https://a.klaviyo.com/api/lists/L/' },
  }
  expect(validate({ data: [list], links: { self: 'https://a.klaviyo.com/api/lists', next: null } })).toBe(
    true,
  )
  expect(validate({ data: [{ ...list, type: 'segment' }] })).toBe(false)
  expect(validate({ data: [{ ...list, links: {} }] })).toBe(false)
  expect(validate({ data: [{ ...list, attributes: { created: 'yesterday' } }] })).toBe(false)
})

/** Plain, then with all includes and additional fields at once. */
function variations({ operation }: Visit): readonly Readonly<Record<string, string>>[] {
  const additional = Object.entries(operation.additionalFields).map(([type, names]) => [
    `additional-fields[${type}]`,
    names.join(','),
  ])
  const full = {
    ...(operation.includes.length === 0 ? {} : { include: operation.includes.join(',') }),
    ...(Object.fromEntries(additional) as Record<string, string>),
  }
  return Object.keys(full).length === 0 ? [{}] : [{}, full]
}

describe('lists', () => {
  const lists = operations.filter(({ path, many }) => many && !path.includes('{'))
  test.for(lists.map((operation) => [operation.path, operation] as const))(
    '%s pages to the end',
    async ([, operation]) => {
      const [visit] = visits(sandbox, 1, [operation])
      if (visit === undefined || visit === null) throw new Error(`the shop has nothing for ${operation.path}`)
      const size = operation.paging?.size
      const pages = await all(sandbox, target(visit, size ? { 'page[size]': String(size.max) } : {}))
      const ids = pages.flatMap(({ body }) => body.data.map(({ id }) => id))
      expect(new Set(ids).size).toBe(ids.length)
      expect(ids.length).toBeGreaterThan(0)
      if (visit.filter === null && !['/api/flows', '/api/images'].includes(operation.path)) {
        expect(ids.length).toBe([...sandbox.truth(operation.type)].length)
      }
    },
  )

  test('every sort gives the same rows, in both directions', async () => {
    for (const operation of lists) {
      const [visit] = visits(sandbox, 1, [operation])
      if (visit === undefined || visit === null) continue
      const found = new Map<string, string>()
      for (const sort of operation.sorts) {
        const pages = await all(sandbox, target(visit, { sort }))
        found.set(
          sort,
          pages
            .flatMap(({ body }) => body.data.map(({ id }) => id))
            .toSorted()
            .join(),
        )
      }
      expect([operation.path, new Set(found.values()).size]).toEqual([
        operation.path,
        operation.sorts.length > 0 ? 1 : 0,
      ])
    }
  }, 60_000)
})
