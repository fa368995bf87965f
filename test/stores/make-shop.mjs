// `node test/stores/make-shop.mjs`: writes shop.json.gz, two small accounts whose rows the stores beside it hold. Made
// once, at commit 6bc7e30, and kept as data: the sandbox's own shop may change, and a store that was filled from it would
// then disagree with the truth. Every store of a later version is filled from the same file.
import { writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { buildShop } from '../../dist/sandbox/shop/shop.js'

/** History ends here; some rows are dated after it, as in real accounts. */
const NOW_MS = Date.UTC(2026, 9, 11, 12)
/** The moment of the changes: between the two halves of a store's history. */
const CHANGED_MS = Date.UTC(2026, 10, 23, 12)

const accounts = [
  { account: 1, profiles: 40, events: 300 },
  { account: 2, profiles: 20, events: 150 },
].map((size) => {
  const shop = buildShop({ seed: 13, nowMs: NOW_MS, ...size })
  const of = (type) => shop.resources.get(type) ?? []
  const passOf = ({ attributes, meta }) => `${meta['messages.channel']} ${attributes.archived}`
  const resources = [
    ...firstOfEach(of('campaign'), 6, passOf),
    ...firstOfEach(of('flow'), 7, ({ attributes }) => attributes.archived),
    ...firstOfEach(of('image'), 10, ({ attributes }) => attributes.hidden),
    ...of('metric'),
    ...of('tag-group'),
    ...of('tag').slice(0, 20),
    ...of('catalog-item').slice(0, 30),
    ...Array.from({ length: shop.profiles.count }, (_, i) => shop.profiles.resource(i)),
    ...Array.from({ length: shop.events.count }, (_, i) => eventOf(shop.events, i)),
  ]
  return { accountId: shop.accountId, resources, ...changesOf(resources, size.account) }
})

// Integers beyond a double's are tried elsewhere; here they would only be spelled in two ways.
const plain = (_, value) => {
  const number = typeof value === 'bigint' ? Number(value) : value
  return typeof number === 'number' && Math.abs(number) > Number.MAX_SAFE_INTEGER
    ? Number.MAX_SAFE_INTEGER
    : number
}
writeFileSync(
  new URL('shop.json.gz', import.meta.url),
  gzipSync(JSON.stringify(accounts, plain), { level: 9 }),
)

function firstOfEach(resources, count, kindOf) {
  const seen = new Map()
  return resources.filter((resource) => {
    const kind = kindOf(resource)
    seen.set(kind, (seen.get(kind) ?? 0) + 1)
    return seen.get(kind) <= count
  })
}

/** Of account 1 rows change and vanish and events come late; of account 2 old events vanish, which only a refresh finds. */
function changesOf(resources, account) {
  const of = (type) => resources.filter((resource) => resource.type === type)
  if (account === 2) return { put: [], gone: of('event').slice(0, 20).map(nameOf) }
  const touched = (resource, patch) => {
    const updated = 'updated' in resource.attributes ? 'updated' : 'updated_at'
    const at = new Date(CHANGED_MS).toISOString()
    return { ...resource, attributes: { ...resource.attributes, [updated]: at, ...patch } }
  }
  const late = of('event')
    .slice(0, 3)
    .map((event, n) => {
      const atMs = CHANGED_MS - (n + 1) * 86_400_000
      const datetime = `${new Date(atMs).toISOString().slice(0, 19)}+00:00`
      const attributes = { ...event.attributes, timestamp: atMs / 1000, datetime, uuid: `late-${n}` }
      return { ...event, id: `7xlate${n}`, attributes }
    })
  return {
    put: [
      ...['campaign', 'flow', 'image'].flatMap((type) =>
        of(type)
          .slice(0, 3)
          .map((resource) => touched(resource, { name: 'Renamed' })),
      ),
      ...of('profile')
        .slice(0, 5)
        .map((resource) => touched(resource, { first_name: 'Ren' })),
      ...late,
    ],
    gone: [...of('catalog-item').slice(0, 2), ...of('tag').slice(0, 1)].map(nameOf),
  }
}

function nameOf({ type, id }) {
  return { type, id }
}

function eventOf(events, i) {
  const metric = events.metricId(i)
  return {
    type: 'event',
    id: events.id(i),
    attributes: JSON.parse(events.attributes(i)),
    relationships: {
      profile: { many: false, type: 'profile', ids: [events.profileId(i)] },
      metric: { many: false, type: 'metric', ids: metric === null ? [] : [metric] },
    },
  }
}
