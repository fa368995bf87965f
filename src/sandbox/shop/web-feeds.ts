import { named } from './groups.ts'
import type { Ground } from './ground.ts'
import { hexId } from './ids.ts'
import { microLife } from './micro-life.ts'
import type { Shelf } from './shelf.ts'

const names = [
  'Blog_posts',
  'Bestsellers',
  'Wetter_Küste',
  'Nouveautés',
  'Shop_events',
  '新着商品',
  'Reviews "top"',
]

/** Feeds that templates draw on. */
export function stockWebFeeds(ground: Ground, shelf: Shelf, count: number): void {
  const random = ground.random('web feeds')
  for (let i = 0; i < count; i++) {
    const { created, updated } = microLife(ground, random)
    const contentType = random.pick(['json', 'json', 'xml'])
    shelf.add('web-feed', hexId(random, 12), {
      name: named(names, i),
      url: `https://${ground.storefront.domain}/feeds/${i + 1}.${contentType}?lang=${ground.storefront.locale}`,
      request_method: random.chance(0.85) ? 'get' : 'post',
      content_type: contentType,
      created,
      updated,
      status: random.chance(0.1)
        ? null
        : random.pick(['ok', 'ok', 'ok', 'refreshing', 'disabled', 'warning_periodic_refresh_timeout']),
    })
  }
}
