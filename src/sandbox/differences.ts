import { own } from './own.ts'
import type { Operation } from './spec.ts'

/**
 * How older revisions differ from the newest one, which the spec describes. Sources: history of Klaviyo's OpenAPI
 * repository and recordings. Only what a reader can notice; anything not listed here was there from the beginning.
 */
const introduced: readonly (readonly [path: RegExp, revision: string])[] = [
  [/^\/api\/(object-|source-mappings)/, '2026-07-15'],
  [/\/(relationships\/)?conversations?$/, '2026-07-15'],
  [/^\/api\/(mapped-metrics|data-sources)/, '2025-07-15'],
  [/^\/api\/(web-feeds|custom-metrics|push-tokens)|\/push-tokens$/, '2025-04-15'],
  [/^\/api\/metric-properties|\/metric-properties$/, '2025-04-15'],
  [/^\/api\/(reviews|tracking-settings|template-universal-content)|\/flow-triggers$/, '2024-10-15'],
  [/^\/api\/(forms|form-versions|webhooks|webhook-topics)/, '2024-07-15'],
  [/^\/api\/profile-bulk-import-jobs/, '2023-12-15'],
  [/^\/api\/(coupons|coupon-codes|coupon-code-bulk-create-jobs|images)/, '2023-09-15'],
]

const includesSince: Readonly<Record<string, string>> = {
  'event:attributions': '2024-02-15',
  'profile:push-tokens': '2025-04-15',
  'profile:conversations': '2026-07-15',
  'list:flow-triggers': '2024-10-15',
  'segment:flow-triggers': '2024-10-15',
  'metric:flow-triggers': '2024-10-15',
}

const filtersSince: Readonly<Record<string, string>> = {
  'event:metric': '2026-04-15',
  'campaign:id': '2025-07-15',
  'profile:profile_id': '2025-10-15',
  'profile:subscriptions.email.marketing.suppression.reason': '2024-10-15',
  'profile:subscriptions.email.marketing.suppression.timestamp': '2024-10-15',
}

/** Resource types whose lists took no `page[size]` before that revision. */
const pageSizeSince: Readonly<Record<string, string>> = {
  event: '2026-01-15',
  campaign: '2026-04-15',
  'catalog-item': '2026-04-15',
  'catalog-variant': '2026-04-15',
  'catalog-category': '2026-04-15',
  coupon: '2026-04-15',
  'coupon-code': '2026-04-15',
  list: '2026-04-15',
  segment: '2026-04-15',
  tag: '2026-04-15',
  'tag-group': '2026-04-15',
  template: '2026-04-15',
}

/** Larger pages that were taken away: until (exclusive), path, maximum. */
const largerPages: readonly (readonly [path: RegExp, until: string, max: number])[] = [
  [/^\/api\/(lists|segments)\/\{id\}\/relationships\/profiles$/, '2024-10-15', 1000],
  [/^\/api\/flow-actions\/\{id\}\/flow-messages$/, '2025-01-15', 100],
]

export const exists = (operation: Operation, revision: string): boolean =>
  introduced.every(([path, since]) => !path.test(operation.path) || revision >= since)

export const offersInclude = (operation: Operation, name: string, revision: string): boolean =>
  operation.includes.includes(name) && revision >= (includesSince[`${operation.type}:${name}`] ?? '')

export const offersFilter = (operation: Operation, field: string, revision: string): boolean =>
  operation.filter !== null &&
  own(operation.filter.fields, field) !== undefined &&
  revision >= (filtersSince[`${operation.type}:${field}`] ?? '')

/** Bounds of `page[size]`, or null where the operation does not take it in that revision. */
export function pageSize(
  operation: Operation,
  revision: string,
): Readonly<{ min: number; default: number; max: number }> | null {
  const size = operation.paging?.size ?? null
  if (size === null || revision < (pageSizeSince[operation.type] ?? '')) return null
  const larger = largerPages.find(([path, until]) => path.test(operation.path) && revision < until)
  return larger === undefined ? size : { ...size, max: larger[2] }
}

/** Page length where no size was asked for. Listings that take none are fixed: jobs 100, ingestion logs 50. */
export function defaultRows(operation: Operation): number {
  if (operation.paging === null) return Number.POSITIVE_INFINITY
  if (operation.paging.size !== null) return operation.paging.size.default
  return operation.paging.rows ?? (operation.type === 'object-ingestion-log' ? 50 : 100)
}

/** Event times and consent times had a blank where there is a `T` now. The exact revision is not recorded. */
export const spellsDatesWithBlank = (revision: string): boolean => revision < '2025-01-15'
