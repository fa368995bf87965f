import { stockAccount } from './account.ts'
import { stockCampaignJobs } from './campaign-jobs.ts'
import { stockCatalogJobs } from './catalog-jobs.ts'
import { stockConversations } from './conversations.ts'
import { stockCoupons } from './coupons.ts'
import { stockCustomObjects } from './custom-objects.ts'
import { stockForms } from './forms.ts'
import type { Ground } from './ground.ts'
import { stockImportJobs } from './import-jobs.ts'
import type { Happenings, People } from './sources.ts'
import { stockPushTokens } from './push-tokens.ts'
import { stockReviews } from './reviews.ts'
import type { Shelf } from './shelf.ts'
import { stockSuppressionJobs } from './suppression-jobs.ts'
import { stockUniversalContent } from './templates.ts'
import { stockWebFeeds } from './web-feeds.ts'
import { stockWebhooks } from './webhooks.ts'

/** What the smaller resources hang on. Lists, segments, metrics, campaigns and the catalogue are read from the shelf. */
export type RestParts = Readonly<{
  ground: Ground
  shelf: Shelf
  profiles: People
  /** Reviews point at these, where there are any of their metric. */
  events: Happenings
}>

/**
 * Everything beside profiles, events, metrics, groups, messages, media, tags and the catalogue. Call it once those are
 * on the shelf, before `finish`. Where Klaviyo pages, at least one list is longer than its largest page.
 */
export function stockRest({ ground, shelf, profiles, events }: RestParts): void {
  const share = (of: number, least: number, most: number): number =>
    Math.min(most, Math.max(least, Math.round(profiles.count * of)))
  stockAccount(ground, shelf)
  stockCoupons(ground, shelf, 30, profiles)
  stockForms(ground, shelf, 28)
  stockReviews(ground, shelf, 180, { people: profiles, happenings: events })
  stockPushTokens(ground, shelf, share(0.1, 130, 2_000), profiles)
  stockConversations(ground, shelf, share(0.04, 12, 600), profiles)
  stockUniversalContent(ground, shelf, 110)
  stockWebFeeds(ground, shelf, 24)
  stockWebhooks(ground, shelf)
  stockCustomObjects(ground, shelf)
  stockCatalogJobs(ground, shelf)
  stockImportJobs(ground, shelf, 120, profiles)
  stockSuppressionJobs(ground, shelf, 110)
  stockCampaignJobs(ground, shelf, profiles)
}
