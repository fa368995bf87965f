import { beforeAll, describe, expect, test } from 'vitest'
import { startSandbox } from '../../src/sandbox/index.ts'
import { jsonText } from '../../src/sandbox/respond/json.ts'
import { buildShop } from '../../src/sandbox/shop/shop.ts'
import type { Resource, ShopOptions } from '../../src/sandbox/shop/types.ts'
import { all as getAll } from './client.ts'
import { operations } from './operations.ts'
import { answerValidators } from './schema.ts'
import { specMissing } from './spec-file.ts'

const options: ShopOptions = {
  seed: 5,
  profiles: 300,
  events: 4_000,
  account: 1,
  nowMs: Date.UTC(2026, 6, 20, 9, 30),
}
const shop = buildShop(options)
const all = [...shop.resources.values()].flat()

describe.skipIf(specMissing !== null)('by the spec', () => {
  let validatorOf: ReturnType<typeof answerValidators>
  beforeAll(() => {
    validatorOf = answerValidators()
  })
  const types = [...shop.resources].filter(([, [first]]) => Object.keys(first?.attributes ?? {}).length > 0)
  test.for(types)('every %s has the attributes that Klaviyo gives it', ([type, resources]) => {
    const single = operations.find((each) => each.type === type && !each.many && !each.idsOnly)
    const operation = single ?? operations.find((each) => each.type === type && !each.idsOnly)
    if (operation === undefined) throw new Error(`no operation answers with a ${type}`)
    const validate = validatorOf(operation.path)
    const problems = resources.flatMap((resource) => {
      const data = JSON.parse(jsonText(asSent(resource))) as unknown
      const links = { self: 'https://a.klaviyo.com', next: null, prev: null }
      return validate({ data: operation.many ? [data] : data, links })
        ? []
        : (validate.errors ?? []).slice(0, 2).map((e) => `${resource.id} ${e.instancePath} ${e.message}`)
    })
    expect(problems.slice(0, 5)).toEqual([])
  })
})

const asSent = ({ type, id, attributes }: Resource): unknown => ({
  type,
  id,
  attributes,
  links: { self: 'https://a.klaviyo.com' },
})

test('no root table is empty', () => {
  const roots = operations.filter(({ path, many }) => many && path.split('/').length === 3)
  expect(roots).toHaveLength(42)
  const empty = roots.filter(
    ({ type }) => (shop.resources.get(type)?.length ?? 0) === 0 && !['event', 'profile'].includes(type),
  )
  expect(empty.map(({ path }) => path)).toEqual([])
})

test('tables page, also at the largest page size, except those that are small in every shop', () => {
  const short = operations.filter(
    ({ path, type, paging }) =>
      path.split('/').length === 3 &&
      paging !== null &&
      !['event', 'profile'].includes(type) &&
      (shop.resources.get(type)?.length ?? 0) <= (paging.size?.max ?? 100),
  )
  const names = short.map(({ type }) => type).filter((type) => !/^catalog-.*-job$/.test(type))
  expect(names).toEqual([
    'coupon',
    'coupon-code-bulk-create-job',
    'data-source',
    'form',
    'metric',
    'profile-suppression-bulk-delete-job',
    'tag-group',
    'tracking-setting',
  ])
})

test('ids are unique within a type', () => {
  const names = all.map(({ type, id }) => `${type} ${id}`)
  expect(new Set(names).size).toBe(names.length)
})

test.for([
  ['account', /^[0-9A-Za-z]{6}$/],
  ['tracking-setting', /^[0-9A-Za-z]{6}$/],
  ['form', /^[0-9A-Za-z]{6}$/],
  ['form-version', /^\d+$/],
  ['coupon', /^[0-9_A-z]+$/],
  ['coupon-code', /^[0-9_A-z]+-[0-9A-Z]+$/],
  ['review', /^[0-9a-f]{32}$/],
  ['web-feed', /^[0-9a-f]{12}$/],
  ['webhook', /^[0-9A-HJKMNP-TV-Z]{26}$/],
  ['webhook-topic', /^event:klaviyo\.[a-z_]+$/],
  ['object-type', /^[0-9A-HJKMNP-TV-Z]{26}$/],
  ['object-record', /^[0-9A-HJKMNP-TV-Z]{26}:::.+$/],
  ['import-error', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/],
  ['profile-bulk-import-job', /^[\w-]+$/],
] as const)('%s ids look like %s', ([type, shape]) => {
  const strange = (shop.resources.get(type) ?? []).filter(({ id }) => !shape.test(id))
  expect(strange.map(({ id }) => id)).toEqual([])
})

test('dates carry +00:00 and seconds or microseconds, and nothing made lies in the future', () => {
  const strange: string[] = []
  for (const { type, id, attributes } of all) {
    for (const [path, text] of texts(attributes)) {
      if (!/^\d{4}-\d\d-\d\dT\d\d:/.test(text)) continue
      if (!/T\d\d:\d\d:\d\d(\.\d{6})?\+00:00$/.test(text)) strange.push(`${type} ${id} ${path} ${text}`)
      if (/^(created|updated|started|completed)/.test(path) && Date.parse(text) > options.nowMs)
        strange.push(`${type} ${id} ${path} ${text} is to come`)
    }
    for (const suffix of ['', '_at']) {
      const [created, updated] = [attributes[`created${suffix}`], attributes[`updated${suffix}`]]
      if (typeof created === 'string' && typeof updated === 'string' && updated < created)
        strange.push(`${type} ${id} was updated before it was created`)
    }
  }
  expect(strange).toEqual([])
})

function* texts(value: unknown, path = ''): Generator<readonly [string, string]> {
  if (typeof value === 'string') yield [path, value]
  else if (typeof value === 'object' && value !== null) {
    for (const [name, each] of Object.entries(value))
      yield* texts(each, path === '' ? name : `${path}.${name}`)
  }
}

test('what a relation names exists', () => {
  const names = new Set(all.map(({ type, id }) => `${type} ${id}`))
  const exists = (type: string, id: string): boolean => {
    if (type === 'profile') return shop.profiles.find(id) >= 0
    if (type === 'event') return shop.events.find(id) >= 0
    return names.has(`${type} ${id}`)
  }
  const dangling = all.flatMap((resource) =>
    Object.entries(resource.relationships).flatMap(([name, { type, ids }]) =>
      ids.filter((id) => !exists(type, id)).map((id) => `${resource.type} ${resource.id} ${name} ${id}`),
    ),
  )
  expect(dangling).toEqual([])
})

test('every relation is used somewhere', () => {
  const unused = new Set<string>()
  const used = new Set<string>()
  for (const { type, relationships } of all) {
    for (const [name, { ids }] of Object.entries(relationships)) {
      ;(ids.length > 0 ? used : unused).add(`${type} ${name}`)
    }
  }
  // Memberships are asked of the shop; deleted catalogue rows are gone.
  const never = [...unused].filter(
    (each) => !used.has(each) && !/delete-job|(list|segment) profiles/.test(each),
  )
  expect(never).toEqual([])
})

test('records are found under their type, which they do not show', async () => {
  const { seed, profiles, events, nowMs } = options
  const sandbox = await startSandbox({ seed, profiles, events, startMs: nowMs, timeScale: 0, limits: 'off' })
  try {
    const [objectType] = shop.resources.get('object-type') ?? []
    const list = `/api/object-types/${objectType?.id ?? ''}`
    const records = await getAll(sandbox, `${list}/object-records?page[size]=100`)
    expect(records.map(({ body }) => body.data.length)).toEqual([100, 100, 30])
    const logs = await getAll(sandbox, `${list}/object-ingestion-logs`)
    expect(logs.map(({ body }) => body.data.length)).toEqual([50, 20])
  } finally {
    await sandbox.close()
  }
})

test('the same options give the same rows; another account has its own', () => {
  const text = (resources: ReadonlyMap<string, readonly Resource[]>): string => jsonText([...resources])
  expect(text(buildShop(options).resources) === text(shop.resources)).toBe(true)
  const other = buildShop({ ...options, account: 2 })
  const shared = (other.resources.get('review') ?? []).filter(({ id }) =>
    shop.resources.get('review')?.some((mine) => mine.id === id),
  )
  expect(shared).toEqual([])
})

test('a shop without customers and events still has all its tables', () => {
  const bare = buildShop({ ...options, profiles: 0, events: 0 })
  const poorer = [...shop.resources.keys()].filter((type) => (bare.resources.get(type)?.length ?? 0) === 0)
  expect(poorer).toEqual(['push-token', 'conversation'])
})
