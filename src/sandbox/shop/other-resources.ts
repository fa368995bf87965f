import { addAccount } from './account.ts'
import { addCampaignJobs } from './campaign-jobs.ts'
import { addCatalogJobs } from './catalog-jobs.ts'
import { addConversations } from './conversations.ts'
import { addCoupons } from './coupons.ts'
import { addCustomObjects } from './custom-objects.ts'
import { addForms } from './forms.ts'
import type { Basics } from './basics.ts'
import { addImportJobs } from './import-jobs.ts'
import type { EventRefs, ProfileRefs } from './references.ts'
import { addPushTokens } from './push-tokens.ts'
import { addReviews } from './reviews.ts'
import type { ResourceBuilder } from './resource-builder.ts'
import { addSuppressionJobs } from './suppression-jobs.ts'
import { addUniversalContent } from './templates.ts'
import { addWebFeeds } from './web-feeds.ts'
import { addWebhooks } from './webhooks.ts'

/** What the smaller resources hang on. Lists, segments, metrics, campaigns and the catalogue are read from the builder. */
export type RestParts = Readonly<{
  basics: Basics
  builder: ResourceBuilder
  profiles: ProfileRefs
  /** Reviews point at these, where there are any of their metric. */
  events: EventRefs
}>

/**
 * Everything beside profiles, events, metrics, groups, messages, media, tags and the catalogue. Call it once those are
 * in the builder, before `finish`. Where Klaviyo pages, at least one list is longer than its largest page.
 */
export function addOtherResources({ basics, builder, profiles, events }: RestParts): void {
  const share = (of: number, least: number, most: number): number =>
    Math.min(most, Math.max(least, Math.round(profiles.count * of)))
  addAccount(basics, builder)
  addCoupons(basics, builder, 30, profiles)
  addForms(basics, builder, 28)
  addReviews(basics, builder, 180, { people: profiles, eventRefs: events })
  addPushTokens(basics, builder, share(0.1, 130, 2_000), profiles)
  addConversations(basics, builder, share(0.04, 12, 600), profiles)
  addUniversalContent(basics, builder, 110)
  addWebFeeds(basics, builder, 24)
  addWebhooks(basics, builder)
  addCustomObjects(basics, builder)
  addCatalogJobs(basics, builder)
  addImportJobs(basics, builder, 120, profiles)
  addSuppressionJobs(basics, builder, 110)
  addCampaignJobs(basics, builder, profiles)
}
