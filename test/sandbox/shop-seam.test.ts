import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts'
import { comparePlaces } from '../../src/sandbox/cursor.ts'
import { buildRoutes } from '../../src/sandbox/routes.ts'
import { all, ids } from './client.ts'
import { operations } from './operations.ts'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({ seed: 5, profiles: 300, events: 4_000, limits: 'off' })
})
afterAll(() => sandbox.close())

/** What the server takes for granted of the shop. */
test('events lie in the order of (time, id), and are found by id', () => {
  const { events } = sandbox.shop()
  const disordered = []
  for (let i = 0; i < events.count; i += 1) {
    const before = { key: events.time(i - 1), id: i === 0 ? '' : events.id(i - 1) }
    if (i > 0 && comparePlaces(before, { key: events.time(i), id: events.id(i) }) >= 0) disordered.push(i)
    if (events.find(events.id(i)) !== i) disordered.push(events.id(i))
  }
  expect(disordered).toEqual([])
  expect(events.find('nobody')).toBe(-1)
})

test('what the shop writes itself is what the server would write', async () => {
  const [fast, slow] = await Promise.all([
    all(sandbox, '/api/events?sort=datetime&page[size]=1000'),
    all(sandbox, '/api/events?sort=datetime&page[size]=1000&include=attributions'),
  ])
  const rows = (pages: typeof fast) => pages.flatMap(({ body }) => body.data)
  const plain = rows(slow).map((row) => {
    const kept = Object.entries(row.relationships).filter(([name]) => name !== 'attributions')
    return { ...row, relationships: Object.fromEntries(kept) }
  })
  expect(plain).toEqual(rows(fast))
  expect(rows(fast).some(({ relationships }) => relationships['metric']?.data === undefined)).toBe(true)
  expect(slow.flatMap(({ body }) => body.included ?? []).length).toBeGreaterThan(0)
})

test('late events exist, and the truth is what can be read now', async () => {
  const { events } = sandbox.shop()
  const visible = ids(await all(sandbox, '/api/events?sort=datetime&page[size]=1000'))
  expect(visible).toEqual([...sandbox.truth('events')].map((line) => (JSON.parse(line) as { id: string }).id))
  const late = events.count - visible.length
  expect(late).toBeGreaterThan(0)
  sandbox.clock.advance(30 * 86_400_000)
  expect([...sandbox.truth('events')].length).toBe(events.count)
})

test('no attribute of the shop is lost because the spec does not have it', () => {
  const { resources, profiles } = sandbox.shop()
  const { shapesOf } = buildRoutes(operations)
  const all = [...resources.values()].flat().concat(profiles.resource(0), profiles.resource(1))
  const unknown = new Set<string>()
  for (const { type, attributes } of all) {
    const shapes = shapesOf(type)
    for (const name of Object.keys(attributes)) {
      if (!shapes.some((shape) => name in shape.attributes)) unknown.add(`${type}.${name}`)
    }
  }
  expect([...unknown]).toEqual([])
})

test('data that comes in while the sandbox runs looks like the rest', async () => {
  const changes = sandbox.changes()
  const added = changes.addEvents({ count: 50 })
  const [profile] = changes.addProfiles(1)
  expect(new Set(added).size).toBe(50)
  const found = ids(await all(sandbox, '/api/events?sort=-datetime&page[size]=1000'))
  expect(added.every((id) => found.includes(id))).toBe(true)
  expect(ids(await all(sandbox, '/api/profiles?sort=-updated&page[size]=100'))[0]).toBe(profile)
})
