import { mkdirSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

/**
 * Writes pages of 1,000 events of about 1.1 KB, shaped as Klaviyo's `/api/events` answers them.
 * Returns the files, and their size in bytes before compression.
 */
export function writePages(directory, count, { gzip = false } = {}) {
  mkdirSync(directory, { recursive: true })
  const files = []
  let bytes = 0
  for (let page = 0; page < count; page++) {
    const data = Array.from({ length: 1_000 }, (_, row) => event(page * 1_000 + row))
    const body = Buffer.from(
      JSON.stringify({ data, links: { self: 'https://a.klaviyo.com/api/events', next: null, prev: null } }),
    )
    bytes += body.length
    const file = `${directory}/${String(page).padStart(6, '0')}.json${gzip ? '.gz' : ''}`
    writeFileSync(file, gzip ? gzipSync(body, { level: 1 }) : body)
    files.push(file)
  }
  return { files, bytes }
}

const base = Date.UTC(2026, 0, 1)

function event(n) {
  const at = base + n * 250
  const id = `ev${n.toString(36).padStart(9, '0')}`
  return {
    type: 'event',
    id,
    attributes: {
      timestamp: Math.floor(at / 1000),
      event_properties: {
        $value: (n % 9_000) / 100,
        $event_id: `order-${n}`,
        ItemNames: ['Linen shirt', 'Canvas bag', 'Wool socks'].slice(0, 1 + (n % 3)),
        Items: Array.from({ length: 1 + (n % 3) }, (_, item) => ({
          ProductID: `P${(n * 7 + item) % 5000}`,
          SKU: `SKU-${(n * 7 + item) % 5000}-M`,
          Quantity: 1 + (item % 2),
          ItemPrice: ((n * 13) % 9_900) / 100,
          Categories: ['Clothes', 'Summer'],
        })),
        Discount: n % 5 === 0 ? 'WELCOME10' : null,
        campaign: { utm_source: 'newsletter', utm_medium: 'email', utm_campaign: `spring-${n % 40}` },
      },
      datetime: `${new Date(at).toISOString().slice(0, 19)}+00:00`,
      uuid: `0f9e${(n % 65536).toString(16).padStart(4, '0')}-1111-11ef-8001-${n.toString(16).padStart(12, '0')}`,
    },
    relationships: {
      profile: {
        data: { type: 'profile', id: `01H${(n % 20_000).toString(36).toUpperCase().padStart(23, '0')}` },
        links: {
          self: `https://a.klaviyo.com/api/events/${id}/relationships/profile`,
          related: `https://a.klaviyo.com/api/events/${id}/profile`,
        },
      },
      metric: {
        data: { type: 'metric', id: `Met${n % 20}` },
        links: {
          self: `https://a.klaviyo.com/api/events/${id}/relationships/metric`,
          related: `https://a.klaviyo.com/api/events/${id}/metric`,
        },
      },
      attributions: { links: { related: `https://a.klaviyo.com/api/events/${id}/attributions` } },
    },
    links: { self: `https://a.klaviyo.com/api/events/${id}` },
  }
}
