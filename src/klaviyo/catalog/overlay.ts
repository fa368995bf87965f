import type { FilterValue } from '../../model/filter.ts'
import type { ColumnType, Cursor, Parent, Pass } from '../../model/table.ts'

/** What Klaviyo's OpenAPI file cannot say about a table. Everything left out has the plain default. */
export type Overlay = Readonly<{
  /** Default: null, the table is read whole. */
  cursor?: Cursor
  /** Default: `replace`. */
  strategy?: 'merge'
  /** Default: nothing beside window and page size. */
  query?: Readonly<Record<string, string>>
  /** Default: one pass without a filter. */
  passes?: readonly Pass[]
  parent?: Parent
  /** Relationships whose ids really arrive: always embedded, or asked for by `include` in `query`. */
  embedded?: readonly string[]
  /** Columns that only an additional field would fill, which `query` does not ask for. */
  unfilled?: readonly string[]
  /** Columns whose declared type is too weak. */
  types?: Readonly<Record<string, ColumnType>>
  /** First revision whose endpoint accepts `page[size]`; default: all of them. */
  pageSizeSince?: string
}>

// Before the revision that introduced it to an endpoint, `page[size]` is answered with a 400.
const PAGE_SIZE_SPRING_2026 = '2026-04-15'

// Klaviyo cuts bounds to whole seconds, whatever precision the rows carry.
const RESOLUTION_SECONDS = 1
// What was written a moment ago may not be listed yet: the read side is eventually consistent.
const READ_LAG_SECONDS = 5 * 60

const bounded = { lower: 'greater-or-equal', upper: 'less-than' } as const
const ordinary = {
  resolutionSeconds: RESOLUTION_SECONDS,
  lookbackSeconds: READ_LAG_SECONDS,
  ordered: true,
  fixed: false,
} as const

const equals = (field: string, value: FilterValue): Pass['filter'][number] => ({
  operator: 'equals',
  field,
  value,
})
const isTrue = (field: string): Pass['filter'][number] => equals(field, { kind: 'boolean', boolean: true })

// Included tags are wanted for their ids alone; one short attribute keeps them small.
const withTags = { include: 'tags', 'fields[tag]': 'name' } as const

/** A table whose time of update takes both bounds, read in that order. */
const byUpdate = (field: string): Pick<Overlay, 'cursor' | 'strategy' | 'query'> => ({
  cursor: { field, ...bounded, ...ordinary },
  strategy: 'merge',
  query: { sort: field },
})

// Lists and segments take a start, an exclusive one, and no end.
const groups: Overlay = {
  cursor: { field: 'updated', lower: 'greater-than', upper: null, ...ordinary },
  strategy: 'merge',
  query: { sort: 'updated', ...withTags },
  embedded: ['tags'],
  pageSizeSince: PAGE_SIZE_SPRING_2026,
}

// Catalog rows show when they changed but cannot be asked for by it. They are read whole, in the order of
// creation, so that what is added meanwhile comes at the end.
const catalogRows: Overlay = {
  strategy: 'merge',
  query: { sort: 'created' },
  pageSizeSince: PAGE_SIZE_SPRING_2026,
}

/** By table name. */
export const overlays: Readonly<Record<string, Overlay>> = {
  // `attributions` come only by include and would make every page longer, so they are no column.
  events: {
    cursor: {
      field: 'datetime',
      ...bounded,
      ...ordinary,
      // Events appear hours or days behind the time they carry; other connectors settled on a week.
      lookbackSeconds: 7 * 24 * 60 * 60,
      fixed: true,
    },
    strategy: 'merge',
    query: { sort: 'datetime' },
    embedded: ['profile', 'metric'],
    pageSizeSince: '2026-01-15',
  },
  // `predictive_analytics` would cut the rate to a fifth (`reducedRates`); `subscriptions` costs nothing.
  profiles: {
    cursor: {
      field: 'updated',
      lower: 'greater-than',
      upper: 'less-than',
      ...ordinary,
      // Bulk imports show up minutes behind their `updated`.
      lookbackSeconds: 60 * 60,
    },
    strategy: 'merge',
    query: { sort: 'updated', 'additional-fields[profile]': 'subscriptions' },
    unfilled: ['predictive_analytics'],
  },
  campaigns: {
    cursor: { field: 'updated_at', ...bounded, ...ordinary, ordered: false },
    strategy: 'merge',
    query: { sort: 'updated_at', ...withTags },
    // One channel per request is compulsory; archived campaigns are left out unless asked for, and then alone.
    passes: ['email', 'sms', 'mobile_push'].flatMap((channel): Pass[] => {
      const sentBy = equals('messages.channel', { kind: 'text', text: channel })
      const name = channel.replace('_', '-')
      return [
        { name, filter: [sentBy] },
        { name: `${name}-archived`, filter: [sentBy, isTrue('archived')] },
      ]
    }),
    embedded: ['campaign-messages', 'tags'],
    pageSizeSince: PAGE_SIZE_SPRING_2026,
  },
  flows: {
    ...byUpdate('updated'),
    query: { sort: 'updated', ...withTags },
    passes: [
      { name: 'unarchived', filter: [] },
      { name: 'archived', filter: [isTrue('archived')] },
    ],
    embedded: ['tags'],
  },
  images: {
    ...byUpdate('updated_at'),
    passes: [
      { name: 'visible', filter: [] },
      { name: 'hidden', filter: [isTrue('hidden')] },
    ],
  },
  forms: byUpdate('updated_at'),
  templates: { ...byUpdate('updated'), unfilled: ['definition'], pageSizeSince: PAGE_SIZE_SPRING_2026 },
  'template-universal-content': byUpdate('updated'),
  'web-feeds': byUpdate('updated'),
  lists: groups,
  segments: groups,
  // No time filter, and `updated` stays at `created`: read whole.
  metrics: { strategy: 'merge', types: { created: 'timestamp', updated: 'timestamp' } },
  tags: {
    query: { sort: 'id', include: 'tag-group', 'fields[tag-group]': 'name' },
    embedded: ['tag-group'],
    pageSizeSince: PAGE_SIZE_SPRING_2026,
  },
  'tag-groups': { query: { sort: 'id' }, pageSizeSince: PAGE_SIZE_SPRING_2026 },
  'catalog-items': {
    ...catalogRows,
    query: { ...catalogRows.query, include: 'variants', 'fields[catalog-variant]': 'sku' },
    embedded: ['variants'],
  },
  'catalog-variants': catalogRows,
  'catalog-categories': catalogRows,
  coupons: { pageSizeSince: PAGE_SIZE_SPRING_2026 },
  'coupon-codes': {
    query: { include: 'coupon', 'fields[coupon]': 'external_id' },
    // Filters travel in the URL, where 50 ids stay far below common limits.
    parent: { table: 'coupons', field: 'coupon.id', idsPerRequest: 50 },
    embedded: ['coupon'],
    pageSizeSince: PAGE_SIZE_SPRING_2026,
  },
  'push-tokens': { query: { include: 'profile', 'fields[profile]': 'email' }, embedded: ['profile'] },
  // `created` can be filtered by, but would show new reviews only and never an edit.
  reviews: { query: { sort: 'created' } },
  'custom-metrics': { query: { include: 'metrics', 'fields[metric]': 'name' }, embedded: ['metrics'] },
  'mapped-metrics': {
    query: { include: 'custom-metric,metric', 'fields[custom-metric]': 'name', 'fields[metric]': 'name' },
    embedded: ['metric', 'custom-metric'],
  },
  webhooks: {
    query: { include: 'webhook-topics', 'fields[webhook-topic]': 'id' },
    embedded: ['webhook-topics'],
  },
  'profile-bulk-import-jobs': { query: { sort: 'created_at' } },
  'profile-suppression-bulk-create-jobs': { query: { sort: 'created' } },
  'profile-suppression-bulk-delete-jobs': { query: { sort: 'created' } },
}
