import { named } from './groups.ts'
import type { Basics } from './basics.ts'
import { hexId } from './ids.ts'
import { makeTimestampTexts } from './timestamp-texts.ts'
import type { ResourceBuilder } from './resource-builder.ts'

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
export function addWebFeeds(basics: Basics, builder: ResourceBuilder, count: number): void {
  const random = basics.random('web feeds')
  for (let i = 0; i < count; i++) {
    const { created, updated } = makeTimestampTexts(basics, random)
    const contentType = random.pick(['json', 'json', 'xml'])
    builder.add('web-feed', hexId(random, 12), {
      name: named(names, i),
      url: `https://${basics.storefront.domain}/feeds/${i + 1}.${contentType}?lang=${basics.storefront.locale}`,
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
