/** One side of a relation. `inverse` names the other side, filled in along with it. */
export type RelationShape = Readonly<{
  many: boolean
  type: string
  inverse?: string
  /** Klaviyo does not show it on the resource; it is kept in `meta` under this name (a child path or a filter needs it). */
  meta?: string
}>

const one = (type: string, inverse?: string): RelationShape =>
  inverse === undefined ? { many: false, type } : { many: false, type, inverse }
const many = (type: string, inverse?: string): RelationShape =>
  inverse === undefined ? { many: true, type } : { many: true, type, inverse }
const hidden = (type: string, inverse: string | undefined, meta: string): RelationShape => ({
  ...many(type, inverse),
  meta,
})

const catalogJobs = Object.fromEntries(
  ['item', 'variant', 'category'].flatMap((noun) =>
    ['create', 'update', 'delete'].map((verb) => {
      const plural = noun === 'category' ? 'categories' : `${noun}s`
      return [`catalog-${noun}-bulk-${verb}-job`, { [plural]: many(`catalog-${noun}`) }]
    }),
  ),
)

/**
 * The relationships that Klaviyo's resources carry (OpenAPI 2026-07-15). Profiles and events have sources of their own;
 * members of lists and segments are asked of `Shop.memberships`, so `profiles` has no ids here.
 */
export const relations: Readonly<Record<string, Readonly<Record<string, RelationShape>>>> = {
  ...catalogJobs,
  campaign: {
    'campaign-messages': many('campaign-message', 'campaign'),
    tags: many('tag', 'campaigns'),
  },
  'campaign-message': {
    campaign: one('campaign', 'campaign-messages'),
    template: one('template'),
    image: one('image'),
  },
  'catalog-item': {
    variants: many('catalog-variant', 'item'),
    categories: hidden('catalog-category', 'items', 'category.id'),
  },
  'catalog-variant': { item: one('catalog-item', 'variants') },
  'catalog-category': { items: many('catalog-item', 'categories') },
  conversation: { profile: one('profile') },
  coupon: { 'coupon-codes': hidden('coupon-code', 'coupon', 'coupon-code.id') },
  'coupon-code': { coupon: one('coupon', 'coupon-codes'), profile: one('profile') },
  'coupon-code-bulk-create-job': { 'coupon-codes': many('coupon-code') },
  'custom-metric': { metrics: many('metric') },
  flow: {
    'flow-actions': many('flow-action', 'flow'),
    tags: many('tag', 'flows'),
    lists: hidden('list', 'flow-triggers', 'trigger list.id'),
    segments: hidden('segment', 'flow-triggers', 'trigger segment.id'),
    metrics: hidden('metric', 'flow-triggers', 'trigger metric.id'),
  },
  'flow-action': {
    flow: one('flow', 'flow-actions'),
    'flow-messages': many('flow-message', 'flow-action'),
  },
  'flow-message': { 'flow-action': one('flow-action', 'flow-messages'), template: one('template') },
  form: { 'form-versions': many('form-version', 'form') },
  'form-version': { form: one('form', 'form-versions') },
  list: { profiles: many('profile'), tags: many('tag', 'lists'), 'flow-triggers': many('flow', 'lists') },
  'mapped-metric': { metric: one('metric'), 'custom-metric': one('custom-metric') },
  metric: {
    'flow-triggers': many('flow', 'metrics'),
    'metric-properties': hidden('metric-property', 'metric', 'metric-property.id'),
  },
  'metric-property': { metric: one('metric', 'metric-properties') },
  'object-ingestion-log': {
    'object-type': one('object-type', 'object-ingestion-logs'),
    'object-record': one('object-record'),
  },
  'object-record': { 'object-type': { ...one('object-type', 'object-records'), meta: 'object-type.id' } },
  'object-schema': {
    'source-mapping': one('source-mapping'),
    'object-schemas': many('object-schema'),
    'profile-object-schemas': many('profile-object-schema'),
  },
  'object-type': {
    'current-schema': one('object-schema'),
    'draft-schema': one('object-schema'),
    'schema-versions': many('object-schema'),
    'object-types': many('object-type'),
    'profile-object-types': many('profile-object-type'),
    'object-records': hidden('object-record', 'object-type', 'object-record.id'),
    'object-ingestion-logs': hidden('object-ingestion-log', 'object-type', 'object-ingestion-log.id'),
  },
  'profile-bulk-import-job': {
    lists: many('list'),
    profiles: many('profile'),
    'import-errors': many('import-error'),
  },
  'profile-suppression-bulk-create-job': { lists: many('list'), segments: many('segment') },
  'profile-suppression-bulk-delete-job': { lists: many('list'), segments: many('segment') },
  'push-token': { profile: one('profile') },
  review: { events: many('event'), item: one('catalog-item') },
  segment: {
    profiles: many('profile'),
    tags: many('tag', 'segments'),
    'flow-triggers': many('flow', 'segments'),
  },
  tag: {
    'tag-group': one('tag-group', 'tags'),
    lists: many('list', 'tags'),
    segments: many('segment', 'tags'),
    campaigns: many('campaign', 'tags'),
    flows: many('flow', 'tags'),
  },
  'tag-group': { tags: many('tag', 'tag-group') },
  webhook: { 'webhook-topics': many('webhook-topic') },
}
